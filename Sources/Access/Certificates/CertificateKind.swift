/// The kinds of key that the hub has certificates of.
enum CertificateKind: String, CaseIterable {
    case p256
    case rsa
}
