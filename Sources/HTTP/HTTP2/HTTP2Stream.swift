/// One request and its answer on an HTTP/2 connection. Whoever serves it subclasses it and hears what comes; the session
/// keeps it until the stream is closed.
open class HTTP2Stream {
    public let id: Int32
    /// False once the stream is reset by this side or closed, by either or with its connection.
    public internal(set) var isOpen = true
    /// Whether the request, with its body, is still coming.
    public internal(set) var isReceiving = true
    /// Body bytes that are not in frames yet.
    var output: [UInt8] = []
    var outputOffset = 0
    /// Nothing follows `output`.
    var outputEnds = false
    /// The library asks for no more until it is told that there is some.
    var isDeferred = false
    var isHungry = false
    /// Received bytes whose room is not given back yet.
    var withheld = 0
    /// Where it stands among the session's streams.
    var place = 0

    public init(id: Int32) { self.id = id }

    /// Bytes of the answer's body that wait for the client to make room.
    public var unsentBytes: Int { output.count - outputOffset }

    /// What has left goes when it is the larger part, so that a reader who is always a little behind holds no more than twice
    /// what it has not taken.
    func append(_ piece: [UInt8]) {
        if output.isEmpty { return output = piece }
        if outputOffset > unsentBytes {
            output.removeFirst(outputOffset)
            outputOffset = 0
        }
        output += piece
    }

    /// The head has come.
    ///
    /// - Parameter isComplete: whether no body follows.
    open func received(_ head: HTTP2Head, isComplete: Bool) {}

    /// The request cannot be taken as it stands; it is to be answered with the failure's status.
    open func refused(_ failure: HTTPFailure, isHead: Bool) {}

    /// A piece of the body, valid until the call returns.
    ///
    /// - Returns: whether the client may send more in its place; where not, ``HTTP2Session/resume(_:)`` says when.
    open func received(_ piece: UnsafeRawBufferPointer) -> Bool { true }

    /// The request is complete.
    open func ended() {}

    /// Some of the answer's body has gone into frames.
    open func progressed() {}

    /// The last call: the stream has ended, `noError` where all was well.
    open func closed(_ code: UInt32) {}
}
