import Vocabulary

/// A certificate's hash over its DER form: SHA-1 (40 hexadecimal digits) or SHA-256 (64), without separators, case kept
/// (rest.md section 5.1).
public struct Thumbprint: Hashable, Sendable {
    /// 40 or 64 hexadecimal digits in the letters of whoever wrote them.
    public let text: String

    /// Throws `ArgumentInvalid`, "StringIsNotThumbprint", for anything else.
    public init(_ text: String) throws(HubError) {
        guard text.utf8.count == 40 || text.utf8.count == 64, text.utf8.allSatisfy({ Hex.value($0) != nil }) else {
            throw HubError(.argumentInvalid, "StringIsNotThumbprint: 40 or 64 hexadecimal digits, no separators.")
        }
        self.text = text
    }

    /// Whether this is the certificate's, by either hash; case does not matter (auth.md section 5).
    public func matches(_ certificate: ClientCertificate) -> Bool {
        let own = text.lowercased()
        return own == (own.utf8.count == 40 ? certificate.sha1 : certificate.sha256)
    }
}
