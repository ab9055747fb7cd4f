/// A certificate with its key, as PEM files.
public struct TLSIdentity: Hashable, Sendable {
    /// The certificate, followed by the intermediate ones.
    public let chainFile: String
    /// Its private key, not encrypted.
    public let keyFile: String

    public init(chainFile: String, keyFile: String) {
        self.chainFile = chainFile
        self.keyFile = keyFile
    }
}
