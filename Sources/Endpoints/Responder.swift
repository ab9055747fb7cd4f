import HTTP
import Vocabulary

/// Where the answer to one request goes when it is not given at once. Lives on the connection's shard, and takes exactly
/// one answer: a response, or a stream that is opened, fed and ended.
public protocol Responder: AnyObject {
    func respond(_ response: HTTPResponse)

    /// Sends the head of an answer whose body has no known length.
    func openStream(_ head: HTTPResponse)
    /// Sends a piece of the body. False where the client reads too slowly and has been cut off.
    @discardableResult func send(_ piece: [UInt8]) -> Bool
    func endStream()

    /// Whether bytes of the answer wait to be taken by the client.
    var hasUnsentOutput: Bool { get }

    /// Names the request in its answer, unless the answer has a name already.
    var requestID: RequestID? { get set }

    /// Who is told when the client goes away before its answer is complete. A client that has one is waiting for something
    /// to happen: the server does not wait for it when it stops reading.
    var listener: (any ResponderListener)? { get set }
}

/// Somebody who keeps a responder to answer it when something happens. Held by the responder until then.
public protocol ResponderListener: AnyObject {
    /// The client has gone; called once, and never after the answer was complete.
    func abandoned()

    /// A stream's bytes have all left.
    func drained()
}

extension ResponderListener {
    public func drained() {}
}
