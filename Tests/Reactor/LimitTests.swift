import CSystem
import Glibc
import Reactor
import TestSupport
import Testing

@Suite struct LimitTests {
    @Test("A connection is cut when more waits to be sent than may")
    func outputLimit() throws {
        var limits = ReactorLimits()
        limits.outputBytes = 100_000
        try withReactor(limits: limits) { reactor in
            let reasons = Box<[CloseReason]>([])
            let closed = Signal()
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in
                let handler = ScriptedHandler()
                handler.onReceived = { bytes, connection in
                    connection.send([UInt8](repeating: 1, count: 60_000))
                    connection.send(SharedBytes([UInt8](repeating: 2, count: 60_000)))
                    return bytes.count
                }
                handler.onClosed = { connection in
                    let reason = connection.closeReason
                    reasons.update { $0.append(reason) }
                    closed.fire()
                }
                return handler
            }
            let client = BlockingClient(port: port)
            client.send("x")
            #expect(client.reachesEnd())
            #expect(closed.wait())
            #expect(reasons.value == [.outputLimit])
            #expect(reactor.counts.cut == 1)
        }
    }

    @Test("A client that never reads is cut after the slow reader's deadline")
    func slowReader() throws {
        var limits = ReactorLimits()
        limits.slowReaderMilliseconds = 100
        try withReactor(limits: limits) { reactor in
            let reasons = Box<[CloseReason]>([])
            let closed = Signal()
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { connection in
                connection.send([UInt8](repeating: 1, count: 15_000_000))
                let handler = ScriptedHandler()
                handler.onClosed = { connection in
                    let reason = connection.closeReason
                    reasons.update { $0.append(reason) }
                    closed.fire()
                }
                return handler
            }
            let client = BlockingClient(port: port, receiveBuffer: 4096)
            #expect(closed.wait())
            #expect(reasons.value == [.slowReader])
            _ = client
        }
    }

    @Test("A client that sends more than is kept is cut")
    func keptInputLimit() throws {
        var limits = ReactorLimits()
        limits.keptInputBytes = 100_000
        try withReactor(limits: limits) { reactor in
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in
                let handler = ScriptedHandler()
                handler.onReceived = { _, _ in 0 }
                return handler
            }
            let client = BlockingClient(port: port)
            client.send([UInt8](repeating: 1, count: 1_000_000))
            #expect(client.reachesEnd())
            #expect(reactor.counts.cut == 1)
        }
    }

    @Test("A paused connection reads no more than it has, and goes on where it stopped")
    func pauses() throws {
        var limits = ReactorLimits()
        limits.keptInputBytes = 200_000
        try withReactor(limits: limits) { reactor in
            let payload = pattern(3_000_000)
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { connection in
                let handler = ScriptedHandler()
                let resume = ShardTimer { connection.resumeReading() }
                handler.onReceived = { bytes, connection in
                    connection.send(bytes)
                    connection.pauseReading()
                    connection.shard.schedule(resume, afterMilliseconds: 1)
                    return bytes.count
                }
                return handler
            }
            let client = BlockingClient(port: port)
            // As long as the kernel's buffers take it all, nobody blocks.
            for start in stride(from: 0, to: payload.count, by: 100_000) {
                client.send(Array(payload[start..<start + 100_000]))
                #expect(client.receive(100_000) == Array(payload[start..<start + 100_000]))
            }
        }
    }

    @Test("One connection too many is closed at once, and the next is welcome when there is room")
    func connectionLimit() throws {
        var limits = ReactorLimits()
        limits.connections = 3
        try withReactor(limits: limits) { reactor in
            let gone = Signal()
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in
                let handler = ScriptedHandler()
                handler.onReceived = { bytes, connection in
                    connection.send(bytes)
                    return bytes.count
                }
                handler.onClosed = { _ in gone.fire() }
                return handler
            }
            var clients = (0..<3).map { _ in BlockingClient(port: port) }
            for client in clients {
                client.send("x")
                #expect(client.text(1) == "x")
            }
            #expect(BlockingClient(port: port).reachesEnd())
            #expect(reactor.counts.refused == 1)
            clients.removeLast()
            #expect(gone.wait())
            // The place is given back right after the handler has heard of it.
            let drained = Signal()
            for shard in reactor.shards { shard.post { drained.fire() } }
            #expect(drained.wait(times: 2))
            let client = BlockingClient(port: port)
            client.send("y")
            #expect(client.text(1) == "y")
        }
    }

    @Test("A reactor for which there are no descriptors is an error, and leaves none behind")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 60, rlim_max: 60)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            do throws(ReactorError) {
                _ = try Reactor(shards: 100)
                preconditionFailure("a hundred shards on sixty descriptors")
            } catch {
                precondition(error.errno == EMFILE)
            }
        }
    }

    @Test("Without descriptors connections are closed, not left waiting, and service resumes with the next free one")
    func descriptorsRunOut() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 120, rlim_max: 120)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            try withReactor(shards: 1) { reactor in
                let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler() }
                // The clients' ends come first, so that only the server's are wanting.
                let early = BlockingClient(port: port)
                early.send("x")
                precondition(early.text(1) == "x")
                let late = (0..<2).map { _ in Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
                var hoard: [Int32] = []
                while true {
                    let descriptor = open("/dev/null", O_RDONLY)
                    if descriptor < 0 { break }
                    hoard.append(descriptor)
                }
                precondition(errno == EMFILE)
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
                for (number, socket) in late.enumerated() {
                    let result = withUnsafePointer(to: &address) {
                        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, 16) }
                    }
                    precondition(result == 0)
                    var byte: UInt8 = 120
                    if number == 1 {
                        for descriptor in hoard { close(descriptor) }
                    }
                    _ = send(socket, &byte, 1, Int32(MSG_NOSIGNAL))
                    let count = recv(socket, &byte, 1, 0)
                    if number == 0 { precondition(count <= 0, "served without a descriptor") }
                }
                let last = BlockingClient(port: port)
                last.send("y")
                precondition(last.text(1) == "y")
                early.send("z")
                precondition(early.text(1) == "z")
                precondition(reactor.counts.refused >= 1)
            }
        }
    }
}
