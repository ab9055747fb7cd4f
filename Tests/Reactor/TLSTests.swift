import Dispatch
import Glibc
import Reactor
import TestSupport
import Testing

@Suite struct TLSTests {
    let certificates = Certificates.shared

    @Test(
        "openssl's client gets its echo, under both versions and with both kinds of certificate",
        arguments: ["-tls1_2", "-tls1_3"], ["ECDSA+SHA256", "RSA+SHA256:RSA-PSS+SHA256"])
    func echoesToOpenSSL(version: String, algorithms: String) throws {
        try withReactor { reactor in
            let context = try certificates.server()
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler(tls: context, once: true) }
            let answer = shell(
                "echo hello | timeout 20 openssl s_client -connect 127.0.0.1:\(port) -CAfile \(certificates.path("root.pem"))"
                    + " \(version) -sigalgs \(algorithms) -verify_return_error -quiet 2>/dev/null")
            #expect(answer == "hello\n")
        }
    }

    @Test("One port serves clear text and TLS")
    func oneDoor() throws {
        try withReactor { reactor in
            let context = try certificates.server()
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler(tls: context) }
            let client = BlockingClient(port: port)
            client.send("clear")
            #expect(client.text(5) == "clear")
            #expect(try exchange(reactor, port, Array("secret".utf8)).bytes == Array("secret".utf8))
        }
    }

    @Test("Large payloads pass unchanged through TLS both ways", arguments: [1, 16_384, 16_385, 6_000_000])
    func largePayloads(size: Int) throws {
        try withReactor { reactor in
            let context = try certificates.server()
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler(tls: context) }
            let payload = pattern(size)
            #expect(try exchange(reactor, port, payload).bytes == payload)
        }
    }

    @Test("A client certificate is seen whoever issued it, and is not required", arguments: ["client", "self", nil])
    func clientCertificate(name: String?) throws {
        try withReactor { reactor in
            let context = try certificates.server()
            let seen = Box<[[UInt8]]?>([])
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in
                let handler = EchoHandler(tls: context)
                handler.seen = { connection in
                    let certificates = connection.peerCertificates
                    seen.update { $0 = certificates }
                }
                return handler
            }
            #expect(try exchange(reactor, port, [1], identity: name.map { certificates.identity($0) }).bytes == [1])
            guard let name else {
                #expect(seen.value == nil)
                return
            }
            func der(_ file: String) -> [UInt8] {
                shell("openssl x509 -in \(certificates.path(file)) -outform DER | od -An -v -tu1")
                    .split(whereSeparator: \.isWhitespace).compactMap { UInt8($0) }
            }
            // What comes with the certificate is seen too: here its issuer.
            #expect(seen.value == ["\(name).pem"].map(der) + (name == "client" ? [der("root.pem")] : []))
        }
    }

    @Test(
        "ALPN follows the server's preference, and an unknown name does no harm",
        arguments: [(["http/1.1", "h2"], "h2"), (["http/1.1"], "http/1.1"), (["mqtt"], nil), ([], nil)])
    func protocolNegotiation(offered: [String], chosen: String?) throws {
        try withReactor { reactor in
            let context = try certificates.server(protocols: ["h2", "http/1.1"])
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler(tls: context) }
            let result = try exchange(reactor, port, [1], protocols: offered)
            #expect(result.bytes == [1])
            #expect(result.applicationProtocol == chosen)
        }
    }

    @Test("A session is resumed by its ticket, with a client certificate too", arguments: ["-tls1_2", "-tls1_3"])
    func resumes(version: String) throws {
        try withReactor { reactor in
            let context = try certificates.server()
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler(tls: context, once: true) }
            let command =
                "timeout 20 openssl s_client -connect 127.0.0.1:\(port) \(version) -cert \(certificates.path("client.pem"))"
                + " -key \(certificates.path("client.key")) -ign_eof 2>/dev/null"
            let session = certificates.path("session\(version)")
            #expect(shell("echo x | \(command) -sess_out \(session)").contains("New, TLS"))
            #expect(shell("echo x | \(command) -sess_in \(session)").contains("Reused, TLS"))
        }
    }

    @Test(
        "A client that has sent a chain shakes hands anew, and all of its certificates are seen again",
        arguments: ["-tls1_2", "-tls1_3"])
    func doesNotResumeChains(version: String) throws {
        try withReactor { reactor in
            let context = try certificates.server()
            let seen = Box<[Int]>([])
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in
                let handler = EchoHandler(tls: context, once: true)
                handler.seen = { connection in
                    let count = connection.peerCertificates?.count ?? 0
                    seen.update { $0.append(count) }
                }
                return handler
            }
            let command =
                "timeout 20 openssl s_client -connect 127.0.0.1:\(port) \(version) -cert \(certificates.path("client.pem"))"
                + " -cert_chain \(certificates.path("root.pem")) -key \(certificates.path("client.key")) -ign_eof 2>/dev/null"
            let session = certificates.path("chain-session\(version)")
            #expect(shell("echo x | \(command) -sess_out \(session)").contains("New, TLS"))
            #expect(shell("echo x | \(command) -sess_in \(session)").contains("New, TLS"))
            #expect(seen.value == [2, 2])
        }
    }

    @Test(
        "A dialled server has to be trusted and to be the one that was meant",
        arguments: [
            ("server", "localhost", true), ("server", "127.0.0.1", true), ("server", "elsewhere.test", false),
            ("server", "127.0.0.2", false), ("self", "self", false),
        ])
    func checksTheServer(name: String, host: String, isGood: Bool) throws {
        try withReactor { reactor in
            let context = try TLSContext(serverIdentities: [certificates.identity(name)])
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler(tls: context) }
            let result = try exchange(reactor, port, [1], serverName: host)
            #expect(result.bytes == (isGood ? [1] : []))
            if !isGood {
                #expect(result.reason == .tls)
                #expect(result.failure?.contains("certificate verify failed") == true)
            }
        }
    }

    @Test("What is not TLS after all ends the connection")
    func garbage() throws {
        try withReactor { reactor in
            let context = try certificates.server()
            let failure = Box<String?>(nil)
            let closed = Signal()
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { connection in
                connection.startTLS(context)
                let handler = ScriptedHandler()
                handler.onClosed = { connection in
                    failure.update { $0 = connection.tlsFailure }
                    closed.fire()
                }
                return handler
            }
            let client = BlockingClient(port: port)
            client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(client.reachesEnd())
            #expect(closed.wait())
            #expect(failure.value == "http request")
        }
    }

    @Test("TLS may also start when the first records have already been kept")
    func startsLater() throws {
        try withReactor { reactor in
            let context = try certificates.server()
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { connection in
                let handler = ScriptedHandler()
                let start = ShardTimer { connection.startTLS(context) }
                handler.onReceived = { bytes, connection in
                    guard connection.isTLS else {
                        connection.shard.schedule(start, afterMilliseconds: 1)
                        return 0
                    }
                    connection.send(bytes)
                    return bytes.count
                }
                return handler
            }
            #expect(try exchange(reactor, port, [1, 2, 3]).bytes == [1, 2, 3])
        }
    }

    @Test("A handshake that does not end is cut")
    func handshakeDeadline() throws {
        var limits = ReactorLimits()
        limits.handshakeMilliseconds = 50
        try withReactor(limits: limits) { reactor in
            let context = try certificates.server()
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler(tls: context) }
            let client = BlockingClient(port: port)
            client.send([22, 3, 1, 0])
            #expect(client.reachesEnd())
            #expect(reactor.counts.cut == 1)
        }
    }

    @Test("A missing or unfitting file is an error that names it")
    func badFiles() throws {
        let absent = TLSIdentity(chainFile: "/nonexistent/a.pem", keyFile: certificates.path("server.key"))
        #expect(throws: TLSError.self) { try TLSContext(serverIdentities: [absent]) }
        let unfitting = TLSIdentity(
            chainFile: certificates.path("server.pem"), keyFile: certificates.path("client.key"))
        do throws(TLSError) {
            _ = try TLSContext(serverIdentities: [unfitting])
            Issue.record("a key of another certificate was accepted")
        } catch {
            #expect(error.file == certificates.path("client.key"))
        }
    }

    private struct Exchange: Sendable {
        var bytes: [UInt8] = []
        var applicationProtocol: String?
        var reason = CloseReason.open
        var failure: String?
    }

    /// Dials the port, sends the payload, and ends when as much has come back, or the connection is gone.
    private func exchange(
        _ reactor: Reactor, _ port: UInt16, _ payload: [UInt8], identity: TLSIdentity? = nil, protocols: [String] = [],
        serverName: String = "localhost"
    ) throws -> Exchange {
        let context = try TLSContext(
            clientTrusting: certificates.path("root.pem"), identity: identity, protocols: protocols)
        let result = Box(Exchange())
        let closed = Signal()
        let shard = reactor.shards[0]
        shard.post {
            let handler = ScriptedHandler()
            handler.onEstablished = { connection in
                let name = connection.applicationProtocol
                result.update { $0.applicationProtocol = name }
            }
            handler.onReceived = { bytes, connection in
                var complete = false
                result.update {
                    $0.bytes += bytes
                    complete = $0.bytes.count >= payload.count
                }
                if complete { connection.closeAfterFlush(discardingInput: false) }
                return bytes.count
            }
            handler.onClosed = { connection in
                let (reason, failure) = (connection.closeReason, connection.tlsFailure)
                result.update { ($0.reason, $0.failure) = (reason, failure) }
                closed.fire()
            }
            do {
                let connection = try shard.connect(
                    to: "127.0.0.1", port: port, tls: context, serverName: serverName, handler: handler)
                connection.send(payload)
            } catch {
                Issue.record(error)
                closed.fire()
            }
        }
        #expect(closed.wait())
        return result.value
    }
}
