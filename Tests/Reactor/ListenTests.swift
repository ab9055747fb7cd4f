import Glibc
import Reactor
import Testing

@Suite struct ListenTests {
    @Test("A port in use is an error that names call, errno and address", arguments: [1, 2, 4])
    func portInUse(shards: Int) throws {
        try withReactor(shards: shards) { first in
            let port = try first.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler() }
            try withReactor(shards: shards) { second in
                for address in ["127.0.0.1", "localhost", "0.0.0.0"] {
                    do throws(ReactorError) {
                        try second.listen(address: address, port: port) { _ in EchoHandler() }
                        Issue.record("\(address):\(port) was bound twice")
                    } catch {
                        #expect(error.errno == EADDRINUSE)
                        #expect(["bind", "listen"].contains(error.call))
                        #expect(error.address == "\(address == "localhost" ? "127.0.0.1" : address):\(port)")
                    }
                }
            }
            // The first goes on as if nothing had happened.
            let client = BlockingClient(port: port)
            client.send("ping")
            #expect(client.text(4) == "ping")
        }
    }

    @Test("A port can be bound again as soon as its server is gone, whatever connections it had")
    func rebinds() throws {
        var port: UInt16 = 0
        for _ in 0..<3 {
            try withReactor { reactor in
                port = try reactor.listen(address: "127.0.0.1", port: port) { _ in
                    let handler = ScriptedHandler()
                    handler.onReceived = { bytes, connection in
                        connection.send(bytes)
                        connection.closeAfterFlush(discardingInput: false)
                        return bytes.count
                    }
                    return handler
                }
                let client = BlockingClient(port: port)
                client.send("x")
                #expect(client.text(1) == "x")
                #expect(client.reachesEnd())
            }
        }
    }

    @Test("What is not an address is an error", arguments: ["", "example.com", "1.2.3", "::g"])
    func badAddress(address: String) throws {
        try withReactor { reactor in
            #expect(throws: ReactorError(call: "parse", errno: EINVAL, address: "\(address):80")) {
                try reactor.listen(address: address, port: 80) { _ in EchoHandler() }
            }
        }
    }

    @Test("A foreign address is refused by the kernel")
    func foreignAddress() throws {
        try withReactor { reactor in
            #expect(throws: ReactorError(call: "bind", errno: EADDRNOTAVAIL, address: "192.0.2.1:0")) {
                try reactor.listen(address: "192.0.2.1", port: 0) { _ in EchoHandler() }
            }
        }
    }

    @Test("Connections are spread over all shards")
    func spreads() throws {
        try withReactor(shards: 3) { reactor in
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler() }
            let clients = (0..<200).map { _ in BlockingClient(port: port) }
            for client in clients {
                client.send("x")
                #expect(client.text(1) == "x")
            }
            #expect(reactor.shards.allSatisfy { $0.counts.accepted > 20 })
        }
    }
}
