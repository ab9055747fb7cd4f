import HTTP

/// Where the answer to one request goes when it is not given at once. Lives on the connection's shard, and takes exactly
/// one answer: a response, or a stream that is opened, fed and ended.
public protocol Responder: AnyObject {
    func respond(_ response: HTTPResponse)

    /// Sends the head of an answer whose body has no known length.
    func openStream(_ head: HTTPResponse)
    /// Sends a piece of the body. False where the client reads too slowly and has been cut off.
    @discardableResult func send(_ piece: [UInt8]) -> Bool
    func endStream()

    /// Told once when the client goes away before its answer is complete.
    var onAbandoned: (() -> Void)? { get set }
}
