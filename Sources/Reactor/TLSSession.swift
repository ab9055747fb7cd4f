import COpenSSL
import Glibc

/// One connection's TLS state. Reads and writes through its shard's engine, whose window the connection sets.
final class TLSSession {
    enum Progress { case wantsMore, established, failed }
    enum Reading {
        /// `isAll`: nothing is left to be read before more records have come.
        case bytes(Int, isAll: Bool)
        case wantsMore, finished, failed
    }

    private let ssl: OpaquePointer
    /// The shard's, which outlives its sessions.
    private unowned(unsafe) let engine: TLSEngine
    private(set) var isEstablished = false
    /// Why it failed, in OpenSSL's words.
    private(set) var failure: String?

    /// - Parameter serverName: for a client: the host name or IP literal that the certificate has to be made out to.
    init?(_ context: TLSContext, engine: TLSEngine, serverName: String?) {
        guard let ssl = SSL_new(context.handle) else { return nil }
        self.ssl = ssl
        self.engine = engine
        let bio = engine.makeBIO()
        SSL_set_bio(ssl, bio, bio)
        switch context.role {
        case .server: SSL_set_accept_state(ssl)
        case .client:
            SSL_set_connect_state(ssl)
            guard let serverName else { return }
            if SocketAddress(literal: serverName, port: 0) != nil {
                // Literals are checked against the certificate's addresses, and never sent as SNI (RFC 6066 section 3).
                X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), serverName)
            } else {
                SSL_set1_host(ssl, serverName)
                _ = copenssl_set_server_name(ssl, serverName)
            }
        }
    }

    deinit { SSL_free(ssl) }

    func handshake() -> Progress {
        clearErrors()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            isEstablished = true
            return .established
        }
        if SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ { return .wantsMore }
        fail()
        return .failed
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Reading {
        clearErrors()
        var total = 0
        while total < buffer.count {
            let result = SSL_read(ssl, buffer.baseAddress! + total, Int32(buffer.count - total))
            if result > 0 {
                total += Int(result)
                // With all records taken in and given out the next call could only ask for more.
                if engine.input.isEmpty, SSL_has_pending(ssl) == 0 { return .bytes(total, isAll: true) }
                continue
            }
            switch SSL_get_error(ssl, result) {
            case SSL_ERROR_WANT_READ: return total > 0 ? .bytes(total, isAll: false) : .wantsMore
            case SSL_ERROR_ZERO_RETURN: return total > 0 ? .bytes(total, isAll: false) : .finished
            default:
                // The next call fails again; the reason is in the error queue only now.
                fail()
                return total > 0 ? .bytes(total, isAll: false) : .failed
            }
        }
        return .bytes(total, isAll: false)
    }

    /// Encrypts all the bytes. A BIO in memory takes everything, so there is no partial write.
    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        clearErrors()
        let result = SSL_write(ssl, bytes.baseAddress, Int32(bytes.count))
        if result == bytes.count { return true }
        fail()
        return false
    }

    /// Writes close_notify.
    func finish() {
        clearErrors()
        _ = SSL_shutdown(ssl)
    }

    /// The peer's certificate and those that it sent with it, DER; only sessions in which the first came alone are resumed.
    var peerCertificates: [[UInt8]] {
        guard let leaf = SSL_get1_peer_certificate(ssl) else { return [] }
        defer { X509_free(leaf) }
        var certificates = [TLSSession.der(leaf)]
        let chain = SSL_get_peer_cert_chain(ssl)
        for index in 0..<copenssl_chain_count(chain) {
            let certificate = copenssl_chain_element(chain, index)
            // A client's chain begins with the leaf, a server's does not.
            if index == 0, X509_cmp(certificate, leaf) == 0 { continue }
            certificates.append(TLSSession.der(certificate))
        }
        return certificates
    }

    // MARK: Tickets

    /// Notes in a ticket that is about to be made whether the client has sent more than its own certificate, which OpenSSL
    /// does not count into a client's chain. Answers 1, or the handshake fails.
    static func markTicket(of ssl: OpaquePointer?) -> Int32 {
        guard copenssl_chain_count(SSL_get_peer_cert_chain(ssl)) > 0 else { return 1 }
        var mark: UInt8 = 1
        return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), &mark, 1)
    }

    /// Whether a ticket's session goes on; where not, a full handshake follows, in which the client sends its chain again.
    static func judgeTicket(_ session: OpaquePointer?, _ status: SSL_TICKET_STATUS) -> SSL_TICKET_RETURN {
        guard status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW else {
            return SSL_TICKET_RETURN_IGNORE_RENEW
        }
        var mark: UnsafeMutableRawPointer?
        var length = 0
        SSL_SESSION_get0_ticket_appdata(session, &mark, &length)
        if length > 0 { return SSL_TICKET_RETURN_IGNORE_RENEW }
        return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW
    }

    /// The name that ALPN settled on.
    var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &length)
        guard let name, length > 0 else { return nil }
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
    }

    /// `TLSv1.2` or `TLSv1.3`.
    var version: String { String(cString: SSL_get_version(ssl)) }

    /// As OpenSSL names it, such as `ECDHE-RSA-AES128-GCM-SHA256` or, in TLS 1.3, `TLS_AES_256_GCM_SHA384`.
    var cipher: String? {
        guard let cipher = SSL_get_current_cipher(ssl), let name = SSL_CIPHER_get_name(cipher) else { return nil }
        return String(cString: name)
    }

    var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    /// The error queue is the thread's, and the thread serves other sessions: nothing of theirs is there to trip over. It is
    /// empty almost always, and looking is cheaper than clearing.
    private func clearErrors() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    private func fail() {
        let verification = SSL_get_verify_result(ssl)
        let reason = TLSError.takeReason()
        guard failure == nil else { return }
        failure =
            SSL_is_server(ssl) == 0 && verification != Int(X509_V_OK)
            ? "\(reason): \(String(cString: X509_verify_cert_error_string(verification)))" : reason
    }

    private static func der(_ certificate: OpaquePointer?) -> [UInt8] {
        let length = i2d_X509(certificate, nil)
        guard length > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, initialized in
            var next = buffer.baseAddress
            initialized = Int(max(i2d_X509(certificate, &next), 0))
        }
    }
}
