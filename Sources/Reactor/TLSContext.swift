import COpenSSL

/// What TLS connections have in common: certificates, trust, protocols. TLS 1.2 and 1.3.
///
/// Sendable without a queue: everything is set in the initialiser, and OpenSSL locks what it changes in an `SSL_CTX`.
public final class TLSContext: @unchecked Sendable {
    enum Role { case server, client }

    let handle: OpaquePointer
    let role: Role
    /// ALPN names in wire form, length before each, in this side's order of preference; they outlive the context.
    private let protocols: UnsafeMutableBufferPointer<UInt8>

    /// A server's context.
    ///
    /// Clients are asked for a certificate with an empty list of authorities, and one is neither required nor judged:
    /// which certificates are good is for the floors above (auth.md), which see ``Connection/peerCertificates``.
    /// - Parameters:
    ///   - identities: certificates of different key types; each client gets the one that it can check.
    ///   - protocols: ALPN names, the preferred first. A client that names none of them is served all the same.
    public convenience init(serverIdentities identities: [TLSIdentity], protocols: [String] = []) throws(TLSError) {
        try self.init(.server, protocols: protocols)
        for identity in identities { try use(identity) }
        // Tickets only (RFC 5077, RFC 8446 section 4.6.1): no state a client, one ticket a connection. Without a
        // session id context, sessions with a client certificate could not be resumed.
        copenssl_ctx_disable_session_cache(handle)
        SSL_CTX_set_num_tickets(handle, 1)
        let name: StaticString = "TwinHub"
        SSL_CTX_set_session_id_context(handle, name.utf8Start, UInt32(name.utf8CodeUnitCount))
        // A ticket holds the client's own certificate and not those that came with it, without which an authority may not be
        // found: such a session is not resumed. The ticket says so itself.
        SSL_CTX_set_session_ticket_cb(
            handle, { ssl, _ in TLSSession.markTicket(of: ssl) },
            { _, session, _, _, status, _ in TLSSession.judgeTicket(session, status) }, nil)
        copenssl_ctx_refuse_old_habits(handle)
        SSL_CTX_set_verify(handle, SSL_VERIFY_PEER) { _, _ in 1 }
        guard !protocols.isEmpty else { return }
        SSL_CTX_set_alpn_select_cb(
            handle,
            { _, chosen, chosenLength, offered, offeredLength, argument in
                let own = Unmanaged<TLSContext>.fromOpaque(argument!).takeUnretainedValue().protocols
                return TLSContext.select(own, offered, offeredLength, chosen, chosenLength)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// A client's context: the server's certificate has to chain to `rootsFile` and be made out to the host dialled.
    /// - Parameters:
    ///   - rootsFile: PEM file of trusted roots; nil for the system's.
    ///   - identity: a certificate to show to servers that ask for one.
    public convenience init(
        clientTrusting rootsFile: String?, identity: TLSIdentity? = nil, protocols: [String] = []
    ) throws(TLSError) {
        try self.init(.client, protocols: protocols)
        if let rootsFile {
            guard SSL_CTX_load_verify_locations(handle, rootsFile, nil) == 1 else {
                throw TLSError("read the roots", file: rootsFile)
            }
        } else {
            guard SSL_CTX_set_default_verify_paths(handle) == 1 else { throw TLSError("find the system's roots") }
        }
        if let identity { try use(identity) }
        SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
        guard !protocols.isEmpty else { return }
        // Returns 0 for success, unlike its neighbours.
        guard SSL_CTX_set_alpn_protos(handle, self.protocols.baseAddress, UInt32(self.protocols.count)) == 0 else {
            throw TLSError("offer the protocols")
        }
    }

    /// Has OpenSSL stay as it is while the process exits: its own clearing up at exit takes away what other threads are using, and
    /// a start that failed would crash in place of saying why. Has to be the first that the process asks of OpenSSL.
    public static func keepUntilExit() {
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }

    /// Has OpenSSL read its configuration and make its tables of algorithms, a third of what the first context of a process
    /// costs, and the whole of it waiting time if nothing else is done meanwhile.
    public static func warmUp() {
        SSL_CTX_free(SSL_CTX_new(TLS_server_method()))
    }

    private init(_ role: Role, protocols: [String]) throws(TLSError) {
        ERR_clear_error()
        guard let handle = SSL_CTX_new(role == .server ? TLS_server_method() : TLS_client_method()) else {
            throw TLSError("make a TLS context")
        }
        self.handle = handle
        self.role = role
        var list: [UInt8] = []
        for name in protocols {
            list.append(UInt8(truncatingIfNeeded: name.utf8.count))
            list.append(contentsOf: name.utf8)
        }
        self.protocols = .allocate(capacity: list.count)
        _ = self.protocols.initialize(from: list)
        guard copenssl_ctx_set_min_version(handle, TLS1_2_VERSION) == 1 else { throw TLSError("ask for TLS 1.2") }
        // Buffers only while a record is under way: an idle connection has none.
        copenssl_ctx_set_mode(handle, Int(SSL_MODE_RELEASE_BUFFERS))
    }

    deinit {
        SSL_CTX_free(handle)
        protocols.deallocate()
    }

    private func use(_ identity: TLSIdentity) throws(TLSError) {
        guard SSL_CTX_use_certificate_chain_file(handle, identity.chainFile) == 1 else {
            throw TLSError("read the certificate", file: identity.chainFile)
        }
        guard SSL_CTX_use_PrivateKey_file(handle, identity.keyFile, SSL_FILETYPE_PEM) == 1 else {
            throw TLSError("read the key", file: identity.keyFile)
        }
        guard SSL_CTX_check_private_key(handle) == 1 else { throw TLSError("use the key", file: identity.keyFile) }
    }

    /// RFC 7301 section 3.2, in the server's order of preference.
    private static func select(
        _ own: UnsafeMutableBufferPointer<UInt8>, _ offered: UnsafePointer<UInt8>?, _ offeredLength: UInt32,
        _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ chosenLength: UnsafeMutablePointer<UInt8>?
    ) -> Int32 {
        var name: UnsafeMutablePointer<UInt8>?
        let result = SSL_select_next_proto(
            &name, chosenLength, own.baseAddress, UInt32(own.count), offered, offeredLength)
        guard result == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_NOACK }
        chosen?.pointee = UnsafePointer(name)
        return SSL_TLSEXT_ERR_OK
    }
}
