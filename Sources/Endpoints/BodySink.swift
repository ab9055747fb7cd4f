import HTTP

/// Takes a request's body piece by piece, as it arrives, where it is too large to be held. Everything happens on the
/// connection's shard.
///
/// Content codings are not taken off: a sink gets the bytes that the client sent.
public protocol BodySink: AnyObject {
    /// The largest body in bytes that it takes.
    var limit: Int { get }

    /// What a larger body is answered with, at once; the connection is closed behind it.
    func tooLarge() -> HTTPResponse

    /// The next piece, valid until the call returns.
    ///
    /// - Returns: whether more can come now. Where not, reading pauses until ``Responder/resumeBody()``.
    func take(_ piece: UnsafeRawBufferPointer) -> Bool

    /// The body is complete: answers, at once or later.
    func finish() -> Answer

    /// The client has gone, or what it sent cannot be read. Called at most once, and never after ``finish()``.
    func abandon()
}

/// Lets a body pass unread, then gives an answer that was known before it came: a client that is still sending would not
/// see it, and the connection stays good for the next request.
public final class RefusedBody: BodySink {
    private let response: HTTPResponse

    public init(_ response: HTTPResponse) { self.response = response }

    /// Longer ones are refused without waiting for them.
    public var limit: Int { BodyLimit.refused }
    public func tooLarge() -> HTTPResponse { response }
    public func take(_ piece: UnsafeRawBufferPointer) -> Bool { true }
    public func finish() -> Answer { .now(response) }
    public func abandon() {}
}
