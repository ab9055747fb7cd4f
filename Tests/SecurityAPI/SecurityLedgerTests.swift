import Defender
import Dispatch
import Events
import Hub
import JSON
import Journal
import Routing
import Synchronization
import TestSupport
import Testing
import Twins
import Vocabulary

@testable import SecurityAPI

/// What is found of a device is the same for a process that was there and for one that reads of it in the store.
final class SecurityLedgerTests {
    private let clock = Clock()
    private let hub: Hub
    private let store: EventStore
    private let relay: HubEventRelay
    private let device = TwinID(trusted: "d")
    private let module = TwinID(trusted: "d/azureiotsecurity")

    init() throws {
        var limits = EventLimits()
        // Most of it is read from the log, a page after another.
        limits.eventsInMemory = 10
        hub = try Hub(log: MemoryLog(), environment: clock.environment)
        store = try EventStore(log: MemoryLog(), limits: limits, environment: clock.environment)
        relay = HubEventRelay(from: hub, to: store) { Issue.record("\($0)") }
        try execute(.bulk([item(#"{"id":"d"}"#)]))
        try execute(.bulk([item(#"{"id":"d","moduleId":"azureiotsecurity"}"#)]))
    }

    deinit {
        relay.stop()
        hub.close()
    }

    /// A process that begins now, once it has read what is there.
    private func begin() -> SecurityLedger {
        let ledger = SecurityLedger(environment: clock.environment) { Issue.record("\($0)") }
        ledger.follow(store, of: hub)
        #expect(comesToHold { ledger.isCaughtUp.load(ordering: .relaxed) })
        return ledger
    }

    // MARK: History

    /// Bursts of 200 messages, of which 1 to 300 are allowed in 20 seconds.
    @Test(arguments: [(secondsApart: 22.0, isTooMany: false), (secondsApart: 2.0, isTooMany: true)])
    func `Messages count when they came, not when they are read again`(
        secondsApart: Double, isTooMany: Bool
    ) throws {
        let type = "HttpD2CMessagesNotInAllowedRange"
        let group = """
            {"properties":{"timeWindowRules":[{"ruleType":"\(type)","isEnabled":true,"minThreshold":1,\
            "maxThreshold":300,"timeWindowSize":"PT20S"}],"allowlistRules":[]}}
            """
        try execute(.putSecurityGroup(.default, SecurityGroup(reading: json(group)), .none))
        for _ in 1...3 {
            clock.advance(seconds: secondsApart)
            append((1...200).map { _ in message("{}", isMarked: false) })
        }
        // So late that all of them at this moment would be too many, and still of the last window.
        clock.advance(seconds: 1)
        let ledger = begin()
        let alert = finding("IoT_CA_\(type)", in: ledger)
        #expect((alert != nil) == isTooMany)
    }

    // MARK: What an agent has reported

    @Test(arguments: [false, true])
    func `What an agent reported is over once its configuration was written, after a restart too`(
        isReplaced: Bool
    ) throws {
        let first = begin()
        report()
        #expect(comesToHold { self.conflict(in: first)?.isOpen == true })
        clock.advance(seconds: 1)
        // Neither of these is about the configuration.
        try patch(module, #"{"tags":{"a":1}}"#)
        try patch(device, #"{"properties":{"desired":{"a":1}}}"#)
        #expect(conflict(in: begin())?.isOpen == true && conflict(in: first)?.isOpen == true)
        clock.advance(seconds: 1)
        if isReplaced {
            try execute(.replaceTwin(module, ServiceReplacement(body: document(#"{"tags":{"a":1}}"#)), .none))
        } else {
            try patch(module, #"{"properties":{"desired":{"a":1}}}"#)
        }
        #expect(comesToHold { self.conflict(in: first)?.isOpen == false })
        #expect(conflict(in: begin()) == conflict(in: first))
        clock.advance(seconds: 1)
        report()
        #expect(comesToHold { self.conflict(in: first)?.isOpen == true })
        #expect(conflict(in: begin())?.isOpen == true)
    }

    @Test func `What a module's agent reported is over with the module`() throws {
        let first = begin()
        report()
        #expect(comesToHold { self.conflict(in: first)?.isOpen == true })
        clock.advance(seconds: 1)
        try execute(.deleteIdentity(module, .any))
        #expect(comesToHold { self.conflict(in: first)?.isOpen == false })
        #expect(conflict(in: begin()) == conflict(in: first))
    }

    private func conflict(in ledger: SecurityLedger) -> Finding? {
        finding("Security twin configuration conflict", in: ledger)
    }

    /// By the device's own connection, as agents do that have no module's.
    private func report(by device: TwinID? = nil) {
        let body = """
            {"AgentVersion":"0.0.5","AgentId":"9c647395-b913-4997-a732-a7fe7303b601","MessageSchemaVersion":"1.0",\
            "Events":[{"Id":"9c647395-b913-4997-a732-a7fe7303b601","TimestampLocal":"2020-01-02T11:39:26Z",\
            "TimestampUTC":"2020-01-02T11:39:26Z","Category":"Triggered","Name":"ConfigurationError",\
            "EventType":"Operational","IsEmpty":false,"PayloadSchemaVersion":"1.0","Payload":[\
            {"ConfigurationName":"a","ErrorType":"Conflict","UsedConfiguration":"b","Message":"c"}]}]}
            """
        append([message(body, isMarked: true, from: device)])
    }

    // MARK: The report

    @Test func `A report shows so many devices behind one, by id, and counts the others`() throws {
        let names = (1...5).map { "r\($0)" }
        for name in names { try execute(.bulk([item(#"{"id":"\#(name)"}"#)])) }
        for name in names.reversed() where name != "r3" { report(by: TwinID(trusted: name)) }
        let ledger = begin()
        #expect(devices(in: ledger, after: nil, limit: 9) == "r1 r2 r4 r5 + 0")
        #expect(devices(in: ledger, after: "r1", limit: 2) == "r2 r4 + 1")
        #expect(devices(in: ledger, after: "r3", limit: 0) == " + 2")
        try execute(.deleteIdentity(TwinID(trusted: "r4"), .any))
        #expect(devices(in: ledger, after: "r2", limit: 9) == "r5 + 0")
        #expect(devices(in: ledger, after: "r5", limit: 9) == " + 0")
    }

    private func devices(in ledger: SecurityLedger, after last: String?, limit: Int) -> String {
        let shown = Mutex<String?>(nil)
        ledger.devicesWithFindings(after: last, limit: limit) { devices, leftOut in
            // Whoever asks is a shard, which has others to serve.
            dispatchPrecondition(condition: .onQueue(ledger.queue))
            shown.withLock { $0 = "\(devices.map(\.id).joined(separator: " ")) + \(leftOut)" }
        }
        #expect(comesToHold { shown.withLock { $0 != nil } })
        return shown.withLock { $0 } ?? ""
    }

    // MARK: Means

    private func finding(_ type: String, in ledger: SecurityLedger) -> Finding? {
        ledger.device(device)?.found.findings.first { $0.type.name == type }
    }

    private func json(_ text: String) throws -> JSONValue { try document(text).root }

    private func document(_ text: String) throws -> JSONDocument { try JSONDocument(parsing: Array(text.utf8)) }

    private func item(_ text: String) throws -> RegistryItem { try RegistryItem(json(text)) }

    /// Until the store has been told of it.
    private func execute(_ command: Command) throws {
        let origin = Origin(principal: "test", requestID: RequestID(high: 0, low: 0), transport: "test")
        if case .refused(let error) = hub.execute(command, origin: origin) { throw error }
        #expect(comesToHold { store.hubSequence >= hub.lastSequence })
    }

    private func patch(_ id: TwinID, _ body: String) throws {
        try execute(.patchTwin(id, ServicePatch(body: document(body)), .none))
    }

    private func message(_ body: String, isMarked: Bool, from sender: TwinID? = nil) -> DeviceEvent {
        let device = sender ?? self.device
        var event = DeviceEvent(
            enqueuedTime: clock.now, source: .deviceMessages, deviceID: device.device, body: Array(body.utf8))
        event.transport = "http"
        let generation = hub.entity(device).map { String($0.identity.generation) }
        event.systemProperties.set("iothub-connection-auth-generation-id", generation)
        if isMarked { event.systemProperties.set("iothub-interface-id", SecurityInterface.id) }
        return event
    }

    /// Until they are stored.
    private func append(_ events: [DeviceEvent]) {
        let last = store.lastSequence + UInt64(events.count)
        store.append(events) { refusal in if let refusal { Issue.record("\(refusal)") } }
        #expect(comesToHold { store.lastSequence >= last })
    }
}
