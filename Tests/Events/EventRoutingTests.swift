import JSON
import Journal
import Synchronization
import Testing
import Vocabulary

@testable import Events

@Suite struct EventRoutingTests {
    private func stored(_ routing: EventRouting?, _ properties: EventProperties = [:]) -> StoredEvent {
        var event = message("{}")
        event.properties = properties
        event.routing = routing
        return StoredEvent(sequence: 1, EncodedEvent(event))
    }

    @Test func `What came before there were routes went to the built-in endpoint, and says nothing of it`() throws {
        let event = stored(nil)
        #expect(try #require(StoredMessage(event)).endpoints == nil)
        #expect(!String(decoding: event.object, as: UTF8.self).contains("endpoints"))
        #expect(EventFilter(endpoint: "events").wants(event))
        #expect(!EventFilter(endpoint: "hot").wants(event))
        #expect(EventFilter().wants(event))
    }

    @Test func `A reader of an endpoint gets what routes have sent there`() throws {
        let event = stored(EventRouting(endpoints: ["hot", "cold"]))
        #expect(try #require(StoredMessage(event)).endpoints == ["hot", "cold"])
        for (endpoint, isWanted) in [("hot", true), ("cold", true), ("col", false), ("events", false)] {
            #expect(EventFilter(endpoint: endpoint).wants(event) == isWanted)
        }
        let dropped = stored(EventRouting(endpoints: []))
        #expect(EventFilter().wants(dropped) && !EventFilter(endpoint: "events").wants(dropped))
        #expect(!EventFilter(source: .twinChangeEvents, endpoint: "hot").wants(event))
    }

    @Test func `Each endpoint finds the properties that are meant for it`() throws {
        // The event's own properties are what the built-in endpoint gets.
        let routing = EventRouting(
            endpoints: ["events", "hot"],
            enrichments: [
                .init(name: "a", value: "A", endpoints: ["events"], original: "sent"),
                .init(name: "b", value: "B", endpoints: ["events"]),
                .init(name: "c", value: "C\"", endpoints: ["hot"]),
                .init(name: "d", value: "D", endpoints: ["events", "hot"]),
            ])
        let event = try #require(StoredMessage(stored(routing, ["x": "1", "a": "A", "b": "B", "d": "D"])))
        func found(_ endpoint: String) -> [String] {
            event.properties(for: endpoint).map { "\($0.name)=\($0.value ?? "")" }
        }
        #expect(found("events") == ["x=1", "a=A", "b=B", "d=D"])
        #expect(found("hot") == ["x=1", "a=sent", "d=D", "c=C\""])
        #expect(try #require(StoredMessage(stored(nil, ["x": "1"]))).properties(for: "events").map(\.name) == ["x"])
    }

    private final class Switch: EventRouter {
        let endpoint = Mutex<String?>(nil)

        func routing() -> (@Sendable (inout DeviceEvent) -> Void)? {
            guard let endpoint = endpoint.withLock({ $0 }) else { return nil }
            return { $0.routing = EventRouting(endpoints: [endpoint]) }
        }
    }

    @Test func `The store asks where events go as they come, both kinds of them`() throws {
        let router = Switch()
        let store = try EventStore(log: MemoryLog(), router: router)
        #expect(store.appendAndWait([message("1")]) == nil)
        router.endpoint.withLock { $0 = "hot" }
        #expect(store.appendAndWait([message("2")]) == nil)
        #expect(store.appendAndWait([(hubSequence: 7, notification: notification("3"))], tellingThrough: 7) == nil)
        router.endpoint.withLock { $0 = nil }
        #expect(store.appendAndWait([message("4")]) == nil)
        let endpoints = store.documents().map { $0["endpoints"]?.elements.compactMap(\.string) }
        #expect(endpoints == [nil, ["hot"], ["hot"], nil])
        #expect(store.bodies == ["1", "2", "3", "4"])
    }
}
