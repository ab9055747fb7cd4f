/// The bounds that HTTP/2 adds to ``HTTPLimits``, each for one connection. ``HTTPLimits/headBytes`` bounds a head's list
/// of fields, counted as SETTINGS_MAX_HEADER_LIST_SIZE does (RFC 9113 section 6.5.2).
public struct HTTP2Limits: Sendable {
    /// Requests under way at once (SETTINGS_MAX_CONCURRENT_STREAMS): one more is a protocol error.
    public var concurrentStreams = 100
    /// CONTINUATION frames of one head: more end the connection (the CONTINUATION flood, CVE-2024-27316).
    public var continuations = 8
    /// Streams that end by reset in one second, by the client or by its mistakes: more end the connection (rapid reset,
    /// CVE-2023-44487).
    public var resetsPerSecond = 200
    /// Frames in one second that move nothing on: DATA without a byte or an end, PRIORITY, unknown types
    /// (CVE-2019-9518).
    public var emptyFramesPerSecond = 200
    /// SETTINGS frames in one second, each of which has to be acknowledged (CVE-2019-9515).
    public var settingsPerSecond = 20
    /// PING frames in one second, each of which has to be answered (CVE-2019-9512).
    public var pingsPerSecond = 200
    /// For a client to make room for more of an answer, where the socket is not what is full.
    public var slowReaderMilliseconds = 30_000
    /// Bytes of one request's body that may be under way to us.
    public var streamWindowBytes = 256 << 10
    /// The same for all bodies of a connection together.
    public var connectionWindowBytes = 1 << 20
    /// Frames are made ahead of what the socket takes up to so many bytes; answers beyond wait as they are.
    public var framesAheadBytes = 256 << 10

    public init() {}
}
