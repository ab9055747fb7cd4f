import CNGHTTP2

/// The server's side of one HTTP/2 connection (RFC 9113), without the socket: bytes in, bytes out. libnghttp2 keeps the
/// frames, HPACK and the states of streams; what clients may cost is bounded here.
///
/// Everything that comes is told to the streams, from within ``receive(_:at:)``; they may answer there and then. What is
/// to be sent is picked up with ``write(into:upTo:)``, all of a turn in one piece.
public final class HTTP2Session {
    /// Makes the stream of a request that begins.
    public typealias Open = (HTTP2Session, Int32) -> HTTP2Stream

    let scratch: HTTP2Scratch
    var handle: OpaquePointer!
    let open: Open
    /// Those that are not closed.
    public internal(set) var streams: [HTTP2Stream] = []
    /// Streams whose owners may give more, and are to be told when it has left.
    var hungry: [HTTP2Stream] = []
    /// A head that is not complete when the bytes at hand are.
    var unfinishedHead: HTTP2HeadReader?
    /// Body bytes that wait to be made into frames, of all streams.
    public internal(set) var heldBytes = 0

    /// Whether a head is on its way.
    public internal(set) var isInHead = false
    var continuations = 0
    /// The last stream that the client has begun, and those that it has passed over latest: they cannot begin any more
    /// (RFC 9113 section 5.1.1). HEADERS on others may be trailers that have crossed our reset.
    var newest: Int32 = -1
    var skipped: Range<Int32> = 0..<0
    var resets: RateBound
    var emptyFrames: RateBound
    var settings: RateBound
    var pings: RateBound
    /// The shard's milliseconds when the bytes at hand were received.
    var now: UInt64 = 0
    var violation = HTTP2ErrorCode.noError
    var ending = Ending.not

    enum Ending {
        case not
        /// The client has been told that an end is coming; requests under way to us are still taken.
        case announced
        /// The client has been told which request was the last.
        case told
    }

    var limits: HTTPLimits { scratch.limits }

    public init(_ scratch: HTTP2Scratch, open: @escaping Open) {
        self.scratch = scratch
        self.open = open
        let bounds = scratch.bounds
        resets = RateBound(bounds.resetsPerSecond)
        emptyFrames = RateBound(bounds.emptyFramesPerSecond)
        settings = RateBound(bounds.settingsPerSecond)
        pings = RateBound(bounds.pingsPerSecond)
        let itself = Unmanaged.passUnretained(self).toOpaque()
        // The library copies them.
        var memory = scratch.memory.functions
        guard nghttp2_session_server_new3(&handle, scratch.callbacks, itself, scratch.options, &memory) == 0 else {
            fatalError("out of memory")
        }
        let entries = [
            entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, bounds.concurrentStreams),
            entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, bounds.streamWindowBytes),
            entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, scratch.limits.headBytes),
            // RFC 9218 section 2.1: the priorities of RFC 7540 are ignored.
            entry(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
        ]
        nghttp2_submit_settings(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count)
        nghttp2_session_set_local_window_size(
            handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Int32(clamping: bounds.connectionWindowBytes))
    }

    deinit { nghttp2_session_del(handle) }

    private func entry(_ id: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
        nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: UInt32(clamping: value))
    }

    // MARK: Streams

    func stream(_ id: Int32) -> HTTP2Stream? {
        nghttp2_session_get_stream_user_data(handle, id).map {
            Unmanaged<HTTP2Stream>.fromOpaque($0).takeUnretainedValue()
        }
    }

    func closed(_ id: Int32, _ code: UInt32) {
        // A stream that never had a whole head is nobody's.
        guard let stream = stream(id) else { return }
        forget(stream)
        stream.closed(code)
    }

    private func forget(_ stream: HTTP2Stream) {
        stream.isOpen = false
        letGo(stream)
        let last = streams.removeLast()
        guard last !== stream else { return }
        streams[stream.place] = last
        last.place = stream.place
    }

    func letGo(_ stream: HTTP2Stream) {
        heldBytes -= stream.unsentBytes
        stream.output = []
        stream.outputOffset = 0
    }

    /// The connection is gone: every stream hears of it.
    public func abandon() {
        while let stream = streams.last {
            forget(stream)
            stream.closed(HTTP2ErrorCode.cancel.rawValue)
        }
    }
}
