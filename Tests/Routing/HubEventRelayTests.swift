import Dispatch
import Events
import Hub
import JSON
import Journal
import Synchronization
import TestSupport
import Testing
import Twins
import Vocabulary

@testable import Routing

@Suite struct HubEventRelayTests {
    private static let origin = Origin(
        principal: "policy test", requestID: RequestID(high: 0x0123_4567_89AB_CDEF, low: 7), transport: "test")

    private func done(_ hub: Hub, _ command: Command) throws {
        if case .refused(let error) = hub.execute(command, origin: Self.origin) { throw error }
    }

    private func item(_ text: String) throws -> RegistryItem { try RegistryItem(JSONDocument(parsing: text).root) }

    /// A hub's life: sequence 1 creates, 2 patches, 3 changes the identity, 4 reports, 5 replaces, 6 deletes.
    private func live(_ hub: Hub, as device: String) throws {
        let id = try TwinID(device: device)
        try done(hub, .bulk([item("{\"id\":\"\(device)\"}")]))
        try done(hub, .patchTwin(id, ServicePatch(body: JSONDocument(parsing: "{\"tags\":{\"t\":1}}")), .none))
        try done(hub, .bulk([item("{\"id\":\"\(device)\",\"status\":\"disabled\"}")]))
        try done(hub, .report(id, ReportedPatch(body: JSONDocument(parsing: "{\"r\":1}")), expecting: nil))
        let body = try JSONDocument(parsing: "{\"properties\":{\"desired\":{\"d\":1}}}")
        try done(hub, .replaceTwin(id, ServiceReplacement(body: body), .none))
        try done(hub, .deleteIdentity(id, .any))
    }

    private static let operations = [
        "createDeviceIdentity", "updateTwin", "updateTwin", "replaceTwin", "deleteDeviceIdentity",
    ]

    /// Waits until the store has been told of the hub's log up to its end.
    private func settle(_ store: EventStore, _ hub: Hub) {
        #expect(comesToHold { store.hubSequence >= hub.lastSequence })
    }

    private func documents(_ store: EventStore) -> [JSONValue] {
        guard case .events(let events) = store.recent(after: 0, limit: .max) else { return [] }
        return events.compactMap { event in
            var json = JSONWriter()
            event.write(to: &json)
            return try? JSONDocument(parsing: json.bytes).root
        }
    }

    private func told(_ store: EventStore) -> [(Int64, String)] {
        documents(store).map { ($0["hubSequence"]?.int ?? 0, $0["properties"]?["opType"]?.string ?? "") }
    }

    @Test func `Back ends are told of each change once and in order, as it happens`() throws {
        let hub = try Hub(log: MemoryLog())
        let store = try EventStore(log: MemoryLog())
        let relay = HubEventRelay(from: hub, to: store) { Issue.record("\($0)") }
        try live(hub, as: "d1")
        settle(store, hub)
        #expect(told(store).map(\.0) == [1, 2, 4, 5, 6] && told(store).map(\.1) == Self.operations)
        relay.stop()
    }

    @Test func `What happened while nobody followed is told later, and nothing twice`() throws {
        var limits = HubLimits()
        // Most of it is read from the log.
        limits.changesInMemory = 3
        let hub = try Hub(log: MemoryLog(), limits: limits)
        let store = try EventStore(log: MemoryLog())
        for number in 1...100 { try live(hub, as: "d\(number)") }
        let first = HubEventRelay(from: hub, to: store) { Issue.record("\($0)") }
        settle(store, hub)
        first.stop()
        for number in 101...120 { try live(hub, as: "d\(number)") }
        let second = HubEventRelay(from: hub, to: store) { Issue.record("\($0)") }
        for number in 121...140 { try live(hub, as: "d\(number)") }
        settle(store, hub)
        second.stop()
        let expected = (0..<140).flatMap { life in [1, 2, 4, 5, 6].map { Int64(life * 6 + $0) } }
        #expect(told(store).map(\.0) == expected)
        #expect(
            documents(store).map { $0["deviceId"]?.string }
                == (1...140).flatMap { Array(repeating: "d\($0)", count: 5) })
    }

    @Test func `A seed tells of each of its identities, and a reset of nothing`() throws {
        let hub = try Hub(log: MemoryLog())
        let store = try EventStore(log: MemoryLog())
        let relay = HubEventRelay(from: hub, to: store) { Issue.record("\($0)") }
        var items: [RegistryItem] = []
        for number in 1...300 {
            items.append(try item("{\"id\":\"d\(number)\",\"tags\":{\"n\":\(number)}}"))
            items.append(try item("{\"id\":\"d\(number)\",\"moduleId\":\"m\"}"))
        }
        try done(hub, .seed(items, isComplete: true))
        try done(hub, .reset(.seed))
        settle(store, hub)
        let events = documents(store)
        #expect(events.count == 600 && events.allSatisfy { $0["hubSequence"]?.int == 1 })
        #expect(events[0]["body"]?["tags"]?["n"]?.int == 1 && events[1]["moduleId"]?.string == "m")
        #expect(events[1]["properties"]?["moduleId"]?.string == "m")
        relay.stop()
    }

    @Test func `A takeover tells of the new link, and of no end while the device is connected`() throws {
        let hub = try Hub(log: MemoryLog())
        let store = try EventStore(log: MemoryLog())
        let relay = HubEventRelay(from: hub, to: store) { Issue.record("\($0)") }
        let id = try TwinID(device: "d1")
        try done(hub, .bulk([item("{\"id\":\"d1\"}")]))
        var links: [UInt64] = []
        for _ in 0..<2 {
            guard
                case .link(let link) = hub.execute(.openLink(id, LinkOpening(keepsSession: true)), origin: Self.origin)
            else {
                Issue.record("not connected")
                return
            }
            links.append(link.number)
        }
        // The old link's end comes when the new one is in its place (mqtt.md section 2.6).
        for link in links { try done(hub, .closeLink(id, link: link)) }
        settle(store, hub)
        relay.stop()
        #expect(
            told(store).map(\.1) == [
                "createDeviceIdentity", "deviceConnected", "deviceConnected", "deviceDisconnected",
            ])
    }

    @Test func `An event carries what the service's carry`() throws {
        let hub = try Hub(log: MemoryLog())
        let store = try EventStore(log: MemoryLog())
        let relay = HubEventRelay(from: hub, to: store) { Issue.record("\($0)") }
        try live(hub, as: "d1")
        settle(store, hub)
        relay.stop()
        let events = documents(store)
        let creation = try #require(events.first)
        let time = try #require(creation["enqueuedTime"]?.string.flatMap { Timestamp($0) })
        let system = Dictionary(
            uniqueKeysWithValues: creation["systemProperties"]?.members.map { ($0.key, $0.value.string) } ?? [])
        #expect(
            system == [
                "content-type": "application/json", "content-encoding": "utf-8", "correlation-id": "0123456789ab",
                "user-id": "twinhub", "iothub-connection-device-id": "d1", "iothub-enqueuedtime": time.description,
                "iothub-message-source": "deviceLifecycleEvents",
            ])
        let own = creation["properties"]?.members.map { "\($0.key)=\($0.value.string ?? "")" }
        #expect(
            own == [
                "hubName=twinhub", "deviceId=d1", "operationTimestamp=\(time.inFull)",
                "iothub-message-schema=deviceLifecycleNotification", "opType=createDeviceIdentity",
            ])
        let never = "{\"$metadata\":{\"$lastUpdated\":\"0001-01-01T00:00:00Z\"},\"$version\":1}"
        #expect(
            creation["body"].map { String(decoding: $0.raw, as: UTF8.self) } == """
                {"deviceId":"d1","etag":"AAAAAAAAAAE=","version":2,"properties":{"desired":\(never),"reported":\(never)}}
                """)
        let replaced = try #require(events[3]["body"]), deleted = try #require(events[4]["body"])
        #expect(replaced["version"]?.int == 5 && replaced["etag"]?.string == "AAAAAAAAAAM=")
        #expect(deleted.raw == replaced.raw)
    }
}
