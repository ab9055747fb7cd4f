import COpenSSL
import Vocabulary

/// A certificate with its private key, made or read by OpenSSL. Made so that strict verifiers accept it (RFC 5280):
/// critical basicConstraints and keyUsage, key identifiers, serverAuth, a random serial.
final class Certificate {
    private let certificate: OpaquePointer
    private let key: OpaquePointer

    private init(certificate: OpaquePointer, key: OpaquePointer) {
        self.certificate = certificate
        self.key = key
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    /// Reads both back.
    init(pem: [UInt8], keyPEM: [UInt8]) throws(DevelopmentAuthority.Failure) {
        guard let certificate = Self.reading(pem, { PEM_read_bio_X509($0, nil, nil, nil) }) else {
            throw Self.failure("read a root certificate")
        }
        guard let key = Self.reading(keyPEM, { PEM_read_bio_PrivateKey($0, nil, nil, nil) }) else {
            X509_free(certificate)
            throw Self.failure("read a root's key")
        }
        self.certificate = certificate
        self.key = key
    }

    static func root(
        _ kind: CertificateKind, at now: Timestamp, _ environment: Environment
    ) throws(DevelopmentAuthority.Failure) -> Certificate {
        let name =
            "TwinHub development root, \(kind == .p256 ? "P-256" : "RSA-2048"), \(Hex.encode(environment.randomBytes(4)))"
        let root = try Certificate(kind, name: name, days: DevelopmentAuthority.rootDays, at: now, environment)
        X509_set_issuer_name(root.certificate, X509_get_subject_name(root.certificate))
        try root.add(NID_basic_constraints, "critical,CA:TRUE", issuer: root)
        try root.add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: root)
        try root.add(NID_subject_key_identifier, "hash", issuer: root)
        try root.add(NID_authority_key_identifier, "keyid:always", issuer: root)
        try root.sign(by: root)
        return root
    }

    static func leaf(
        _ kind: CertificateKind, names: [String], signedBy issuer: Certificate, at now: Timestamp,
        _ environment: Environment
    ) throws(DevelopmentAuthority.Failure) -> Certificate {
        let leaf = try Certificate(kind, name: "localhost", days: DevelopmentAuthority.leafDays, at: now, environment)
        X509_set_issuer_name(leaf.certificate, X509_get_subject_name(issuer.certificate))
        try leaf.add(NID_basic_constraints, "critical,CA:FALSE", issuer: issuer)
        // RSA key exchange asks for keyEncipherment.
        try leaf.add(
            NID_key_usage, kind == .rsa ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature",
            issuer: issuer)
        try leaf.add(NID_ext_key_usage, "serverAuth", issuer: issuer)
        try leaf.add(NID_subject_key_identifier, "hash", issuer: issuer)
        try leaf.add(NID_authority_key_identifier, "keyid:always", issuer: issuer)
        let alternatives = names.map { (isAddress($0) ? "IP:" : "DNS:") + $0 }
        try leaf.add(NID_subject_alt_name, alternatives.joined(separator: ","), issuer: issuer)
        try leaf.sign(by: issuer)
        return leaf
    }

    /// An unsigned certificate with a new key.
    private init(
        _ kind: CertificateKind, name: String, days: Int, at now: Timestamp, _ environment: Environment
    ) throws(DevelopmentAuthority.Failure) {
        guard let key = kind == .p256 ? copenssl_new_p256_key() : copenssl_new_rsa_key(2048) else {
            throw Self.failure("make a \(kind.rawValue) key")
        }
        guard let certificate = X509_new() else {
            EVP_PKEY_free(key)
            throw Self.failure("make a certificate")
        }
        self.key = key
        self.certificate = certificate
        // Version 3 is written as 2.
        X509_set_version(certificate, 2)
        var serial = environment.randomBytes(20)
        serial[0] = serial[0] & 0x7F | 0x40
        let number = BN_bin2bn(serial, Int32(serial.count), nil)
        BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate))
        BN_free(number)
        // A day back, for clients whose clocks are behind.
        ASN1_TIME_set(X509_getm_notBefore(certificate), Int(now.unixSeconds - 86400))
        ASN1_TIME_set(X509_getm_notAfter(certificate), Int(now.unixSeconds) + days * 86400)
        let subject = X509_get_subject_name(certificate)
        X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, "TwinHub", -1, -1, 0)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0)
        X509_set_pubkey(certificate, key)
    }

    private func add(_ extensionID: Int32, _ value: String, issuer: Certificate) throws(DevelopmentAuthority.Failure) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer.certificate, certificate, nil, nil, 0)
        guard let made = X509V3_EXT_conf_nid(nil, &context, extensionID, value) else {
            throw Self.failure("write '\(value)' into a certificate")
        }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(certificate, made, -1) == 1 else { throw Self.failure("extend a certificate") }
    }

    private func sign(by issuer: Certificate) throws(DevelopmentAuthority.Failure) {
        guard X509_sign(certificate, issuer.key, EVP_sha256()) > 0 else { throw Self.failure("sign a certificate") }
    }

    var pem: [UInt8] { Self.writing { PEM_write_bio_X509($0, certificate) } }
    var keyPEM: [UInt8] { Self.writing { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) } }

    private static func writing(_ body: (OpaquePointer) -> Int32) -> [UInt8] {
        guard let bio = BIO_new(BIO_s_mem()) else { return [] }
        defer { BIO_free(bio) }
        guard body(bio) == 1 else { return [] }
        var bytes: UnsafeMutablePointer<CChar>?
        let count = copenssl_bio_bytes(bio, &bytes)
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    private static func reading(_ pem: [UInt8], _ body: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
        guard let bio = BIO_new_mem_buf(pem, Int32(pem.count)) else { return nil }
        defer { BIO_free(bio) }
        return body(bio)
    }

    private static func isAddress(_ name: String) -> Bool {
        guard let address = a2i_IPADDRESS(name) else { return false }
        ASN1_OCTET_STRING_free(address)
        return true
    }

    private static func failure(_ action: String) -> DevelopmentAuthority.Failure {
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(ERR_get_error(), &text, text.count)
        let reason = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return DevelopmentAuthority.Failure(description: "OpenSSL cannot \(action): \(reason)")
    }
}
