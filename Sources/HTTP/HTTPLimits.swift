/// Every bound on what a request may be and how long it may take; each can be set on the command line.
public struct HTTPLimits: Sendable {
    /// Bytes of a method: more is a 400.
    public var methodBytes = 32
    /// Bytes of a request target: more is a 414.
    public var targetBytes = 8 << 10
    /// Header fields: more is a 431.
    public var headerFields = 64
    /// Bytes of a request's head in all: more is a 431.
    public var headBytes = 32 << 10
    /// Bytes of one chunk's size line with its extensions: more is a 400.
    public var chunkLineBytes = 256
    /// Bytes of a chunked body's trailer section, which is read and dropped: more is a 431.
    public var trailerBytes = 8 << 10
    /// How many times larger than its compressed form a request body may be: more is a 413, like a body past its limit.
    public var inflationFactor = 200
    /// Answers shorter than this are not worth compressing.
    public var compressedBytes = 1 << 10
    /// Pipelined bytes that may wait behind a request that is being answered; then reading pauses.
    public var pipelinedBytes = 64 << 10
    /// For a request's head to arrive whole, from its first byte.
    public var headMilliseconds = 30_000
    /// Between two pieces of a request's body.
    public var bodyPauseMilliseconds = 30_000
    /// Between two requests on one connection, and before the first.
    public var keepAliveMilliseconds = 120_000
    /// Bytes of all request bodies that are being collected at this moment: more is a 503.
    public var heldBodyBytes = 256 << 20

    public init() {}
}
