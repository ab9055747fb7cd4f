import Glibc
import Reactor
import TestSupport
import Testing

@Suite struct StopTests {
    @Test("After stopAccepting connections go on, new ones are refused, and the last one's end is reported")
    func drains() throws {
        try withReactor { reactor in
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler() }
            var clients = (0..<10).map { _ in BlockingClient(port: port) }
            for client in clients {
                client.send("x")
                #expect(client.text(1) == "x")
            }
            let stopped = Signal()
            let drained = Signal()
            let isDrained = Box(false)
            reactor.whenDrained {
                isDrained.update { $0 = true }
                drained.fire()
            }
            reactor.stopAccepting()
            for shard in reactor.shards { shard.post { stopped.fire() } }
            #expect(stopped.wait(times: 2))
            #expect(BlockingClient(port: port).descriptor == -1)
            for client in clients {
                client.send("y")
                #expect(client.text(1) == "y")
            }
            #expect(!isDrained.value)
            clients.removeAll()
            #expect(drained.wait())
            #expect(reactor.counts.open == 0)
        }
    }

    @Test("closeConnections ends them all")
    func closesAll() throws {
        try withReactor { reactor in
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in EchoHandler() }
            let clients = (0..<10).map { _ in BlockingClient(port: port) }
            for client in clients {
                client.send("x")
                #expect(client.text(1) == "x")
            }
            let drained = Signal()
            reactor.stopAccepting()
            reactor.closeConnections()
            reactor.whenDrained { drained.fire() }
            #expect(drained.wait())
            for client in clients { #expect(client.reachesEnd()) }
        }
    }

    @Test("shutDown tells every handler, lets go of shards and connections, and leaves no descriptor")
    func shutsDown() throws {
        weak var shard: Shard?
        weak var connection: Connection?
        let closed = Signal()
        let ended = Signal()
        do {
            let reactor = try Reactor(shards: 1)
            shard = reactor.shards[0]
            let found = Box<Connection?>(nil)
            let port = try reactor.listen(address: "127.0.0.1", port: 0) { connection in
                found.update { $0 = connection }
                let handler = ScriptedHandler()
                handler.onClosed = { _ in closed.fire() }
                connection.send(Array("hi".utf8))
                return handler
            }
            let client = BlockingClient(port: port)
            #expect(client.text(2) == "hi")
            connection = found.value
            found.update { $0 = nil }
            reactor.shutDown { ended.fire() }
            #expect(closed.wait())
            #expect(client.reachesEnd())
            #expect(ended.wait())
        }
        #expect(connection == nil)
        // Dispatch lets go of the source's handlers a moment after it has called the last of them.
        var patience = 1_000_000
        while shard != nil, patience > 0 {
            sched_yield()
            patience -= 1
        }
        #expect(shard == nil)
    }

    @Test("Work posted after shutDown is dropped")
    func postAfterEnd() throws {
        let reactor = try Reactor(shards: 1)
        let ended = Signal()
        reactor.shutDown { ended.fire() }
        #expect(ended.wait())
        reactor.shards[0].post { Issue.record("ran on a shard that has ended") }
    }
}
