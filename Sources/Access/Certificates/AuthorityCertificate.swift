import Vocabulary

/// The certificate of an authority that a hub may trust: a root, or an intermediate one (auth.md section 5).
public struct AuthorityCertificate: Hashable, Sendable {
    /// More than any authority needs, and little enough to keep as many as a hub may have in every snapshot.
    public static let maximumUploadBytes = 32 << 10

    public let der: [UInt8]
    /// `CN=Line 4, O=Factory`.
    public let subject: String
    /// SHA-1 over the DER form, in upper case.
    public let thumbprint: String
    /// The end of its validity; the year 9999 at the latest.
    public let expiry: Timestamp

    /// Throws `ArgumentInvalid` where it is no certificate, or one that may not sign others.
    public init(der: [UInt8]) throws(HubError) {
        guard let certificate = X509Certificate(der: der), let facts = ClientCertificate(der: der) else {
            throw CertificateUpload.unreadable
        }
        guard certificate.isAuthority else {
            throw HubError(.argumentInvalid, "The certificate is no authority's: it may not sign others.")
        }
        self.der = der
        subject = certificate.subject
        thumbprint = facts.sha1.uppercased()
        expiry = Timestamp(unixSeconds: min(facts.notAfter, Timestamp.latestUnixSeconds))
    }

    /// Reads PEM, DER, or the base64 of either.
    public init(upload: [UInt8]) throws(HubError) { try self.init(der: try CertificateUpload.der(upload)) }

    /// Whether this certificate, in the same forms, proves that somebody has the authority's key: it is signed with that key,
    /// its common name is the code that the hub gave out, and it is valid at this time.
    public func isProven(by upload: [UInt8], code: String, at time: Timestamp) throws(HubError) -> Bool {
        let der = try CertificateUpload.der(upload)
        guard let proof = X509Certificate(der: der), let facts = ClientCertificate(der: der) else {
            throw CertificateUpload.unreadable
        }
        guard facts.isNamed(code), facts.isValid(at: time) else { return false }
        return X509Certificate(der: self.der)?.hasSigned(proof) ?? false
    }
}
