import Vocabulary

/// A certificate as people hand it over: PEM, DER, or the base64 of either, which is what the Azure tools send.
enum CertificateUpload {
    private static let begin = Array("-----BEGIN CERTIFICATE-----".utf8)
    private static let end = Array("-----END CERTIFICATE-----".utf8)

    /// The certificate in DER, not looked into yet. Throws `ArgumentInvalid` for anything else, and for several at once.
    static func der(_ bytes: [UInt8]) throws(HubError) -> [UInt8] {
        guard bytes.count <= AuthorityCertificate.maximumUploadBytes else {
            throw HubError(
                .argumentInvalid, "A certificate has at most \(AuthorityCertificate.maximumUploadBytes) bytes.")
        }
        if let der = try plain(bytes) { return der }
        guard let decoded = base64(bytes[...]) else { throw unreadable }
        return try plain(decoded) ?? decoded
    }

    /// PEM or DER; nil where it looks like neither.
    private static func plain(_ bytes: [UInt8]) throws(HubError) -> [UInt8]? {
        if let start = bytes.firstRange(of: begin) {
            let rest = bytes[start.upperBound...]
            guard let stop = rest.firstRange(of: end), let der = base64(rest[..<stop.lowerBound]) else {
                throw unreadable
            }
            guard bytes[stop.upperBound...].firstRange(of: begin) == nil else {
                throw HubError(.argumentInvalid, "There is more than one certificate; register each by itself.")
            }
            return der
        }
        // A sequence with a long length. Text in base64 begins with letters.
        return bytes.count > 2 && bytes[0] == 0x30 && bytes[1] >= 0x80 ? bytes : nil
    }

    private static func base64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        Base64.decode(text.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: " ") })
    }

    static var unreadable: HubError {
        HubError(.argumentInvalid, "This is not a certificate: PEM, DER, or base64 of either is.")
    }
}
