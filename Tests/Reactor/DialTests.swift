import Glibc
import Reactor
import TestSupport
import Testing

@Suite struct DialTests {
    @Test(
        "A dialled connection sends what was queued before it was established",
        arguments: ["127.0.0.1", "::1", "localhost"])
    func dials(host: String) throws {
        try withReactor { reactor in
            let address = host == "localhost" ? "::1" : host
            // localhost is tried on 127.0.0.1 first, where nobody listens.
            let port = try reactor.listen(address: address, port: 0) { _ in EchoHandler() }
            let answer = Box<[UInt8]>([])
            let closed = Signal()
            let shard = reactor.shards[0]
            shard.post {
                let handler = ScriptedHandler()
                handler.onReceived = { bytes, connection in
                    answer.update { $0 += bytes }
                    connection.close()
                    return bytes.count
                }
                handler.onClosed = { _ in closed.fire() }
                do {
                    try shard.connect(to: host, port: port, handler: handler).send(Array("early".utf8))
                } catch {
                    Issue.record(error)
                }
            }
            #expect(closed.wait())
            #expect(answer.value == Array("early".utf8))
            #expect(reactor.counts.dialled == 1)
        }
    }

    @Test("Where nobody listens the connection ends as unreachable")
    func refused() throws {
        try withReactor { reactor in
            // A port that was free a moment ago.
            var port: UInt16 = 0
            try withReactor(shards: 1) { port = try $0.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler() } }
            let ends = Box<[(CloseReason, Int32)]>([])
            let closed = Signal()
            let shard = reactor.shards[0]
            shard.post { [port] in
                let handler = ScriptedHandler()
                handler.onClosed = { connection in
                    let end = (connection.closeReason, connection.systemError)
                    ends.update { $0.append(end) }
                    closed.fire()
                }
                do { try shard.connect(to: "127.0.0.1", port: port, handler: handler) } catch { Issue.record(error) }
            }
            #expect(closed.wait())
            #expect(ends.value.count == 1)
            #expect(ends.value.first?.0 == .unreachable)
            #expect(ends.value.first?.1 == ECONNREFUSED)
        }
    }

    @Test("A name that is not this machine's is an error at once")
    func unknownName() throws {
        try withReactor { reactor in
            let thrown = Box<ReactorError?>(nil)
            let done = Signal()
            let shard = reactor.shards[0]
            shard.post {
                do throws(ReactorError) {
                    try shard.connect(to: "example.com", port: 80, handler: ScriptedHandler())
                } catch {
                    let caught = error
                    thrown.update { $0 = caught }
                }
                done.fire()
            }
            #expect(done.wait())
            #expect(thrown.value?.call == "parse")
        }
    }
}
