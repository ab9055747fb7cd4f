import COpenSSL
import Vocabulary

/// A certificate that a client has shown, and with that proven to hold the key of (auth.md section 5).
public struct ClientCertificate: Hashable, Sendable {
    /// Lower-case hexadecimal digits.
    public let sha1: String
    public let sha256: String
    /// The subject's common name; nil where it has none.
    public let commonName: String?
    /// Seconds since 1970, as the other one.
    public let notBefore: Int64
    public let notAfter: Int64

    /// A module's may have two ids of 128 bytes, and one cut short must not be taken for another.
    private static let longestCommonName = 1024

    /// Nil where the bytes are not a certificate in DER.
    public init?(der: [UInt8]) {
        let certificate = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var next = buffer.baseAddress
            guard let read = d2i_X509(nil, &next, buffer.count) else { return nil }
            if next == buffer.baseAddress?.advanced(by: buffer.count) { return read }
            X509_free(read)
            return nil
        }
        guard let certificate else { return nil }
        defer { X509_free(certificate) }
        sha1 = Self.digest(der, EVP_sha1())
        sha256 = Self.digest(der, EVP_sha256())
        var text = [UInt8](repeating: 0, count: Self.longestCommonName)
        let length = text.withUnsafeMutableBytes { buffer in
            X509_NAME_get_text_by_NID(
                X509_get_subject_name(certificate), NID_commonName,
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(buffer.count))
        }
        commonName = length >= 0 ? String(decoding: text[..<Int(length)], as: UTF8.self) : nil
        guard let before = Self.seconds(X509_get0_notBefore(certificate)),
            let after = Self.seconds(X509_get0_notAfter(certificate))
        else { return nil }
        notBefore = before
        notAfter = after
    }

    /// By its dates alone: revocation is not looked at.
    public func isValid(at time: Timestamp) -> Bool {
        (notBefore...max(notBefore, notAfter)).contains(time.unixSeconds)
    }

    /// Whether this is its common name, byte by byte. Strings would compare as Unicode does, to which the Kelvin sign is a K.
    func isNamed(_ name: String) -> Bool { commonName.map { $0.utf8.elementsEqual(name.utf8) } ?? false }

    /// Whether it stands for an identity that authenticates by thumbprint: that and validity count, no chain and no name. For
    /// one that an authority answers for, ask `CertificateAuthorities`.
    public func check(_ authentication: Authentication, at time: Timestamp) throws(AccessRefusal) {
        switch authentication {
        case .selfSigned(let primary, let secondary):
            guard isValid(at: time) else {
                let cause: AccessRefusal.Cause = time.unixSeconds > notAfter ? .certificateExpired : .other
                throw AccessRefusal("the client's certificate is not valid at this time", cause)
            }
            guard primary?.matches(self) == true || secondary?.matches(self) == true else {
                throw AccessRefusal(
                    "the client's certificate has neither of the registered thumbprints", .thumbprintMismatch)
            }
        case .certificateAuthority: throw AccessRefusal("the identity authenticates by a chain to an authority")
        case .sas: throw AccessRefusal("the identity authenticates by key, and a certificate was shown")
        case .none: throw AccessRefusal("the identity cannot connect")
        }
    }

    private static func digest(_ bytes: [UInt8], _ algorithm: OpaquePointer?) -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_Digest(bytes, bytes.count, &digest, &length, algorithm, nil)
        return Hex.encode(digest[..<Int(length)])
    }

    /// Seconds since 1970.
    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        guard let epoch = ASN1_TIME_set(nil, 0) else { return nil }
        defer { ASN1_STRING_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        return Int64(days) * 86400 + Int64(seconds)
    }
}
