/// Gives an answer's body piece by piece, as the client takes it, where it is too large to be held. Everything happens on
/// the connection's shard.
public protocol BodySource: AnyObject {
    /// Everything sent so far has gone: the next piece is wanted, through ``Responder/send(_:)``, now or later. Called once
    /// for each piece.
    func wantsMore()

    /// The client has gone before it had everything.
    func abandon()
}
