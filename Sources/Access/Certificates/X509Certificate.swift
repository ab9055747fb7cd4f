import COpenSSL

/// OpenSSL's view of a certificate.
///
/// Sendable without a queue: nothing changes it after it was read, and OpenSSL locks what it caches in it.
final class X509Certificate: @unchecked Sendable {
    let handle: OpaquePointer

    /// Nil where the bytes are not one certificate in DER and nothing else.
    init?(der: [UInt8]) {
        let read = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var next = buffer.baseAddress
            guard let read = d2i_X509(nil, &next, buffer.count) else { return nil }
            if next == buffer.baseAddress?.advanced(by: buffer.count) { return read }
            X509_free(read)
            return nil
        }
        guard let read else {
            ERR_clear_error()
            return nil
        }
        handle = read
    }

    deinit { X509_free(handle) }

    /// The subject, the most particular part first: `CN=Line 4, O=Factory`.
    var subject: String {
        guard let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(bio) }
        guard copenssl_print_name(bio, X509_get_subject_name(handle)) >= 0 else { return "" }
        var bytes: UnsafeMutablePointer<CChar>?
        let count = copenssl_bio_bytes(bio, &bytes)
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// Whether it may sign certificates.
    var isAuthority: Bool { X509_check_ca(handle) > 0 }

    /// Whether this one's key has signed the other, which names this one as its issuer.
    func hasSigned(_ other: X509Certificate) -> Bool {
        defer { ERR_clear_error() }
        guard X509_check_issued(handle, other.handle) == Int32(X509_V_OK), let key = X509_get0_pubkey(handle) else {
            return false
        }
        return X509_verify(other.handle, key) == 1
    }
}
