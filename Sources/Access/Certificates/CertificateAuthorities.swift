import COpenSSL
import Vocabulary

/// The authorities that a hub knows, for judging the certificates that clients show (auth.md section 5).
///
/// Made anew when the set changes. Nothing in it changes afterwards, and a check takes no lock: each has a context of its
/// own, and looks issuers up in a list and not in an `X509_STORE`, which would lock.
public final class CertificateAuthorities: Sendable {
    /// One of them. Chains end in one that is verified, root or not.
    public struct Member: Hashable, Sendable {
        public let name: String
        public let certificate: AuthorityCertificate
        public let isVerified: Bool

        public init(name: String, certificate: AuthorityCertificate, isVerified: Bool) {
            self.name = name
            self.certificate = certificate
            self.isVerified = isVerified
        }
    }

    /// Certificates that a client may send beside its own.
    public static let maximumIntermediates = 8

    private let anchors: [(member: Member, certificate: X509Certificate)]

    public init(_ members: [Member] = []) {
        anchors = members.compactMap { member in
            X509Certificate(der: member.certificate.der).map { (member, $0) }
        }
    }

    /// Throws unless the client's own certificate, the first, names this identity and chains to a verified authority through
    /// the others, each valid at this time. The name is the device's id, or `device/module`, letter by letter. Neither
    /// revocation nor extended key usage counts.
    public func check(_ chain: [[UInt8]], standsFor id: TwinID, at time: Timestamp) throws(AccessRefusal) {
        guard let first = chain.first, let facts = ClientCertificate(der: first),
            let leaf = X509Certificate(der: first)
        else { throw AccessRefusal("the client has shown no certificate") }
        guard facts.isNamed(id.key) else {
            throw AccessRefusal("the client's certificate is for '\(facts.commonName ?? "")', not for '\(id.key)'")
        }
        guard chain.count - 1 <= Self.maximumIntermediates else {
            throw AccessRefusal("the client has sent more than \(Self.maximumIntermediates) certificates with its own")
        }
        let others = chain.dropFirst().compactMap { X509Certificate(der: $0) }
        var reason = AccessRefusal("no registered authority has issued the client's certificate")
        // One authority at a time, since several may have the same name: one that was renewed, say.
        for (member, anchor) in anchors {
            switch Self.verify(leaf, through: others, to: anchor, at: time) {
            case .good where member.isVerified: return
            case .good: reason = AccessRefusal("the authority '\(member.name)' is registered and not verified")
            case .bad(let problem):
                let cause: AccessRefusal.Cause = time.unixSeconds > facts.notAfter ? .certificateExpired : .other
                reason = AccessRefusal("the chain to the authority '\(member.name)': \(problem)", cause)
            case .unrelated: break
            }
        }
        throw reason
    }

    private enum Verdict {
        case good
        /// The chain leads there, and something is wrong with it.
        case bad(String)
        case unrelated
    }

    private static func verify(
        _ leaf: X509Certificate, through others: [X509Certificate], to anchor: X509Certificate, at time: Timestamp
    ) -> Verdict {
        guard let context = X509_STORE_CTX_new(), let untrusted = copenssl_new_chain(),
            let trusted = copenssl_new_chain()
        else { return .bad("out of memory") }
        defer {
            X509_STORE_CTX_free(context)
            copenssl_free_chain(untrusted)
            copenssl_free_chain(trusted)
            ERR_clear_error()
        }
        for other in others { copenssl_chain_append(untrusted, other.handle) }
        copenssl_chain_append(trusted, anchor.handle)
        guard X509_STORE_CTX_init(context, nil, leaf.handle, untrusted) == 1 else { return .bad("out of memory") }
        X509_STORE_CTX_set0_trusted_stack(context, trusted)
        // An intermediate authority is enough, whoever has issued it.
        X509_STORE_CTX_set_flags(context, UInt(X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST))
        X509_STORE_CTX_set_time(context, 0, Int(time.unixSeconds))
        X509_STORE_CTX_set_depth(context, Int32(maximumIntermediates + 1))
        if X509_verify_cert(context) == 1 { return .good }
        let error = X509_STORE_CTX_get_error(context)
        switch error {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return .unrelated
        default: return .bad(X509_verify_cert_error_string(Int(error)).map { String(cString: $0) } ?? "error \(error)")
        }
    }
}
