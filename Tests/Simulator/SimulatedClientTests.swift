import Access
import MQTT
import Reactor
import Simulator
import TestSupport
import Testing
import Vocabulary

@Suite("A simulated client")
struct SimulatedClientTests {
    /// Runs one client against a scripted hub, until the reaction says that the test has seen enough; what the client told.
    private func lines(
        _ script: ScriptedBroker.Script = ScriptedBroker.Script(),
        _ change: (inout ClientSettings) -> Void = { _ in },
        seen: (ScriptedBroker.Seen) -> Void = { _ in },
        react: @escaping @Sendable (SimulatedClient, String) -> Bool
    ) throws -> [String] {
        let reactor = try Reactor(shards: 1)
        let (ended, done) = (Signal(), Signal())
        defer {
            reactor.shutDown { ended.fire() }
            _ = ended.wait()
        }
        let broker = try ScriptedBroker(on: reactor, script)
        var settings = ClientSettings()
        settings.filters = ClientSettings.twinFilters
        settings.backoff = Backoff(first: 1, ceiling: 1)
        change(&settings)
        let (lines, shard) = (Box<[String]>([]), reactor.shards[0])
        let holder = Box<Held?>(nil)
        shard.post { [settings, port = broker.port] in
            let diary = ClientDiary(lines) { client, line in
                guard holder.value?.isOver == false, react(client, line) else { return }
                holder.value?.isOver = true
                client.stop()
                done.fire()
            }
            let address = ServerAddress(host: "127.0.0.1", port: port, hubName: "hub.localhost", tls: nil)
            let client = SimulatedClient(.module("m1"), number: 0, of: address, settings, on: shard, observer: diary)
            holder.update { $0 = Held(client, diary) }
            client.start()
        }
        #expect(done.wait())
        seen(broker.seen.value)
        return lines.value
    }

    /// Keeps client and observer as long as the shard may call them; only the shard changes it.
    private final class Held: @unchecked Sendable {
        let client: SimulatedClient
        let diary: ClientDiary
        var isOver = false

        init(_ client: SimulatedClient, _ diary: ClientDiary) {
            self.client = client
            self.diary = diary
        }
    }

    @Test("connects with a token that its key has signed, subscribes, and reads and reports its twin")
    func twin() throws {
        let told = try lines(seen: { seen in
            #expect(seen.identities == ["d1/m1"])
            #expect(seen.subscribes == 1)
            let token = try? SASToken(seen.passwords[0])
            #expect(token?.segments == ["devices", "d1", "modules", "m1"])
            #expect(token?.isSigned(by: ClientIdentity.key) == true)
        }) { client, line in
            if line == "ready" { #expect(client.readTwin() == "1") }
            if line.hasPrefix("twin 200") { #expect(client.report(Array("{\"a\":1}".utf8)) == "2") }
            return line.hasPrefix("twin 204")
        }
        #expect(told == ["ready", "twin 200 1 - {}", "twin 204 2 2 "])
    }

    @Test("sends nothing before it is ready")
    func notReady() throws {
        _ = try lines { client, line in
            #expect(line == "ready")
            client.stop()
            #expect(client.readTwin() == nil)
            #expect(client.openWindow == 0)
            return true
        }
    }

    @Test("follows desired versions, and says when one is missing")
    func gap() throws {
        let told = try lines(ScriptedBroker.Script(versions: [4, 5, 7])) { client, line in
            if line == "ready" { _ = client.readTwin() }
            return line.hasPrefix("wrong")
        }
        #expect(told.suffix(3) == ["desired 4", "desired 5", "wrong: d1/m1: desired version 7 behind 5"])
    }

    @Test("says when it is refused")
    func refused() throws {
        let told = try lines(ScriptedBroker.Script(refuses: .notAuthorized)) { client, line in
            line == "lost" && client.counts.refusals == 1
        }
        #expect(told == ["wrong: d1/m1: refused, notAuthorized", "lost"])
    }

    @Test("tries again where the server is not ready for it yet")
    func unavailable() throws {
        let told = try lines(ScriptedBroker.Script(refuses: .serverUnavailable, refusals: 2)) { _, line in
            line == "ready"
        }
        #expect(told == ["lost", "lost", "ready"])
    }

    @Test("comes back into the session that the server has kept, without subscribing again")
    func reconnects() throws {
        let told = try lines(
            ScriptedBroker.Script(cuts: [1]),
            seen: { seen in
                #expect(seen.connections == 2)
                #expect(seen.subscribes == 1)
            }
        ) { client, line in
            if line.hasPrefix("ready") { _ = client.readTwin() }
            return line.hasPrefix("twin")
        }
        #expect(told == ["ready", "lost", "ready again", "twin 200 2 - {}"])
    }

    @Test("subscribes again where it asked for no session to be kept")
    func cleanSession() throws {
        let told = try lines(ScriptedBroker.Script(cuts: [1])) {
            $0.keepsSession = false
        } seen: {
            #expect($0.subscribes == 2)
        } react: { client, line in
            if line.hasPrefix("ready") { _ = client.readTwin() }
            return line.hasPrefix("twin")
        }
        #expect(told == ["ready", "lost", "ready", "twin 200 2 - {}"])
    }

    @Test("has no more messages under way than its window allows")
    func window() throws {
        let message = try #require(
            RenderedPublish(topic: Array("devices/d1/modules/m1/messages/events/".utf8), payload: [0x31]))
        let told = try lines(ScriptedBroker.Script(acknowledges: false)) {
            $0.window = 3
        } react: { client, line in
            if line == "ready" {
                #expect((0..<5).map { _ in client.publish(message) } == [true, true, true, false, false])
                _ = client.readTwin()
            }
            return line.hasPrefix("twin")
        }
        #expect(told == ["ready", "twin 200 1 - {}"])
    }
}
