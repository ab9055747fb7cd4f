import COpenSSL

/// Message digest 5 (RFC 1321), which guards against damage on the way and against nothing else.
final class MD5 {
    private let context: OpaquePointer

    init() {
        context = EVP_MD_CTX_new()!
        EVP_DigestInit_ex(context, EVP_md5(), nil)
    }

    func update(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

    /// The digest of everything so far; nothing can follow.
    func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { digest, count in
            EVP_DigestFinal_ex(context, digest.baseAddress, nil)
            count = 16
        }
    }

    deinit { EVP_MD_CTX_free(context) }
}
