import Dispatch
import Glibc
import Reactor
import TestSupport
import Testing

@Suite struct EchoTests {
    @Test("What is sent comes back, however many shards there are", arguments: [1, 2, 4])
    func echoes(shards: Int) throws {
        try withReactor(shards: shards) { reactor in
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler() }
            for number in 0..<20 {
                let client = BlockingClient(port: port)
                client.send("hello \(number)")
                #expect(client.text(6 + "\(number)".count) == "hello \(number)")
            }
        }
    }

    @Test("localhost answers on IPv4 and IPv6 at the same port")
    func bothFamilies() throws {
        try withReactor { reactor in
            let port = try reactor.listen(address: "localhost", port: 0) { _ in EchoHandler() }
            for version6 in [false, true] {
                let client = BlockingClient(port: port, version6: version6)
                client.send("ping")
                #expect(client.text(4) == "ping")
            }
        }
    }

    @Test("A connection knows its addresses")
    func addresses() throws {
        try withReactor { reactor in
            let seen = Box<[String]>([])
            let port = try reactor.listen(address: "::1", port: 0) { connection in
                seen.update { $0 = [connection.localAddress, connection.peerAddress] }
                return EchoHandler()
            }
            let client = BlockingClient(port: port, version6: true)
            client.send("x")
            #expect(client.text(1) == "x")
            #expect(seen.value.first == "[::1]:\(port)")
            #expect(seen.value.last?.hasPrefix("[::1]:") == true)
        }
    }

    @Test("Bytes that are not consumed are offered again with what follows")
    func keepsTheRest() throws {
        try withReactor { reactor in
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in
                let handler = ScriptedHandler()
                handler.onReceived = { bytes, connection in
                    // Messages of four bytes; the rest has to wait.
                    let whole = bytes.count / 4 * 4
                    connection.send(UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
                    return whole
                }
                return handler
            }
            let client = BlockingClient(port: port)
            client.send("abc")
            client.send("def")
            #expect(client.text(4) == "abcd")
            client.send("gh")
            #expect(client.text(4) == "efgh")
        }
    }

    @Test("A handler that puts another in its place hands it the rest")
    func replacesHandler() throws {
        try withReactor { reactor in
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in
                let door = ScriptedHandler()
                door.onReceived = { _, connection in
                    connection.handler = EchoHandler()
                    return 1
                }
                return door
            }
            let client = BlockingClient(port: port)
            client.send("!rest")
            #expect(client.text(4) == "rest")
        }
    }

    @Test("Kept bytes come again after resumeReading, without the peer sending more")
    func offersAgain() throws {
        try withReactor { reactor in
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { connection in
                let handler = ScriptedHandler()
                var ready = false
                let timer = ShardTimer {
                    ready = true
                    connection.resumeReading()
                }
                handler.onReceived = { bytes, connection in
                    if ready {
                        connection.send(bytes)
                        return bytes.count
                    }
                    connection.pauseReading()
                    connection.shard.schedule(timer, afterMilliseconds: 10)
                    return 0
                }
                return handler
            }
            let client = BlockingClient(port: port)
            client.send("patience")
            #expect(client.text(8) == "patience")
        }
    }

    @Test("A client that has finished sending still gets the whole answer", arguments: [10, 5_000_000])
    func halfClose(size: Int) throws {
        try withReactor { reactor in
            let answer = SharedBytes(pattern(size))
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in
                let handler = ScriptedHandler()
                handler.onFinished = { connection in
                    connection.send(answer)
                    connection.closeAfterFlush()
                }
                return handler
            }
            let client = BlockingClient(port: port)
            client.send("question")
            client.finishSending()
            #expect(client.receive(size) == answer.bytes)
            #expect(client.reachesEnd())
        }
    }

    @Test("A server that has finished sending still receives")
    func serverHalfClose() throws {
        try withReactor { reactor in
            let received = Box<[UInt8]>([])
            let closed = Signal()
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { connection in
                connection.send(Array("bye".utf8))
                connection.finishSending()
                let handler = ScriptedHandler()
                handler.onReceived = { bytes, _ in
                    received.update { $0 += bytes }
                    return bytes.count
                }
                handler.onClosed = { _ in closed.fire() }
                return handler
            }
            let client = BlockingClient(port: port)
            #expect(client.text(100) == "bye")
            client.send("still here")
            client.finishSending()
            #expect(closed.wait())
            #expect(received.value == Array("still here".utf8))
        }
    }

    @Test("An answer survives the input that its connection refuses to read")
    func closesPolitely() throws {
        try withReactor { reactor in
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in
                let handler = ScriptedHandler()
                handler.onReceived = { bytes, connection in
                    connection.send(Array("too large".utf8))
                    connection.closeAfterFlush()
                    return 0
                }
                return handler
            }
            let client = BlockingClient(port: port)
            client.send([UInt8](repeating: 7, count: 3_000_000))
            #expect(client.text(100) == "too large")
        }
    }

    @Test("Large payloads go both ways at once, to a slow reader", arguments: [1, 2])
    func largePayloads(shards: Int) throws {
        var limits = ReactorLimits()
        limits.outputBytes = 64 << 20
        try withReactor(shards: shards, limits: limits) { reactor in
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler() }
            let payload = pattern(20_000_000)
            let client = BlockingClient(port: port, receiveBuffer: 8192)
            let descriptor = client.descriptor
            DispatchQueue.global().async {
                var sent = 0
                while sent < payload.count {
                    let count = payload.withUnsafeBytes {
                        write(descriptor, $0.baseAddress! + sent, min(payload.count - sent, 100_000))
                    }
                    guard count > 0 else { return }
                    sent += count
                }
            }
            #expect(client.receive(payload.count) == payload)
        }
    }

    @Test("Copied and shared bytes arrive in the order they were sent")
    func mixedOutput() throws {
        try withReactor { reactor in
            let shared = SharedBytes(pattern(3000, seed: 9))
            var expected: [UInt8] = []
            for number in 0..<300 { expected += Array("head \(number);".utf8) + shared.bytes }
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { connection in
                for number in 0..<300 {
                    connection.send(Array("head \(number);".utf8))
                    connection.send(shared)
                }
                return ScriptedHandler()
            }
            #expect(BlockingClient(port: port, receiveBuffer: 4096).receive(expected.count) == expected)
        }
    }

    @Test("Thousands of connections are served side by side")
    func manyConnections() throws {
        try withReactor { reactor in
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler() }
            let clients = (0..<3000).map { _ in BlockingClient(port: port) }
            for (number, client) in clients.enumerated() { client.send("\(10_000 + number)") }
            for (number, client) in clients.enumerated() { #expect(client.text(5) == "\(10_000 + number)") }
            #expect(reactor.counts.open == 3000)
            #expect(reactor.counts.accepted == 3000)
        }
    }
}
