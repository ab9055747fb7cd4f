/// A CONNECT that says who connects and is in order, for the owner to judge who it is. The password is valid until the
/// call in which it came returns.
public struct ConnectRequest {
    public let userName: ConnectUserName
    /// Nil where the client has none, and shows a certificate.
    public let password: UnsafeRawBufferPointer?
    public let isClean: Bool
    /// In seconds, as the client asked for it.
    public let keepAlive: UInt16
}
