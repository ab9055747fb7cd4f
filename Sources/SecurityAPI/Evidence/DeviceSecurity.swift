import Defender
import Events
import Hub
import JSON
import Vocabulary

/// What is known of a device's security: how many messages have come and what of, the last snapshot of each kind, and what is found
/// from that and from whatever else was seen of the device.
struct DeviceSecurity: Sendable {
    /// Names of events that are counted by themselves; a sender can make up any number of others, which are counted together.
    static let namesCounted = 64
    /// Bytes of snapshots that are kept for one device; what is larger is named without its payload.
    static let snapshotBytes = 256 << 10
    /// Bytes of a name that is counted by itself.
    static let nameBytes = 128
    private static let otherNames = "(other)"

    private var messages = 0
    private var unreadable = 0
    private var findings = 0
    private var events: [String: Int] = [:]
    private var snapshots: [String: Snapshot] = [:]
    private var last: (sequence: UInt64, time: Timestamp)?
    /// The generation of the device and of each module that has sent, by module, the device's own under no name: what was made anew
    /// begins anew.
    private(set) var generations: [String: String]
    /// The security group that the device belongs to; nil before that was looked at.
    private(set) var group: SecurityGroupName?

    /// What is found about the device from all this.
    private(set) var found = DeviceFindings()

    private struct Snapshot: Sendable {
        var sequence: UInt64
        var time: Timestamp
        /// The payload's items as a JSON array; nil where they are too large to keep.
        var payload: [UInt8]?
    }

    init(generation: String) { generations = ["": generation] }

    /// Bytes of the snapshots' payloads.
    var snapshotBytes: Int { snapshots.values.reduce(0) { $0 + ($1.payload?.count ?? 0) } }

    /// Takes a security message in, of a sender of this generation.
    ///
    /// - Parameter room: bytes of snapshots that it may keep.
    mutating func take(
        _ event: StoredEvent, _ stored: StoredMessage, generation: String, room: Int
    ) -> [FindingChange] {
        generations[stored.moduleID ?? ""] = generation
        let message = SecurityMessage(stored: stored)
        messages += 1
        if message.kind == .unreadable { unreadable += 1 }
        findings += message.lint.kept.count + message.lint.leftOut
        last = (event.sequence, event.enqueuedTime)
        var changes: [FindingChange] = []
        for securityEvent in message.events {
            count(securityEvent, in: message, event, room: min(room, Self.snapshotBytes))
            changes += found.observe(.securityEvent(securityEvent, text: message.text), at: event.enqueuedTime)
        }
        return changes
    }

    mutating func observe(_ evidence: Evidence, times: Int = 1, at time: Timestamp) -> [FindingChange] {
        found.observe(evidence, times: times, at: time)
    }

    mutating func closeAll(at time: Timestamp) -> [FindingChange] { found.closeAll(at: time) }

    /// Whether the device, and each module that has sent, is the one that this is about.
    func isCurrent(of device: String, _ hub: Hub) -> Bool {
        generations.allSatisfy { module, generation in
            let id = TwinID(trusted: module.isEmpty ? device : "\(device)/\(module)")
            return hub.entity(id).map { String($0.identity.generation) == generation } ?? false
        }
    }

    mutating func follow(_ name: SecurityGroupName, _ rules: SecurityGroup, at time: Timestamp) -> [FindingChange] {
        group = name
        return found.follow(rules, at: time)
    }

    private mutating func count(
        _ event: SecurityEvent, in message: SecurityMessage, _ stored: StoredEvent, room: Int
    ) {
        let name = event.name.flatMap { $0.utf8.count <= Self.nameBytes ? $0 : nil } ?? Self.otherNames
        let isCounted = events[name] != nil || events.count < Self.namesCounted
        events[isCounted ? name : Self.otherNames, default: 0] += 1
        guard isCounted, event.isSnapshot else { return }
        let bytes = event.payload.reduce(2) { $0 + $1.count + 1 }
        let others = snapshots.filter { $0.key != name }.values.reduce(0) { $0 + ($1.payload?.count ?? 0) }
        var payload: [UInt8]?
        if bytes + others <= room {
            var json = JSONWriter(capacity: bytes)
            json.beginArray()
            for item in event.payload { json.raw(message.text[item]) }
            json.endArray()
            payload = json.bytes
        }
        snapshots[name] = Snapshot(sequence: stored.sequence, time: stored.enqueuedTime, payload: payload)
    }

    /// `"messages":n,"unreadable":n,"lint":n,"last":{"sequence","enqueuedTime"},"events":{NAME:n},`
    /// `"snapshots":{NAME:{"sequence","enqueuedTime","payload":[…]}},"findings":[…]`; names in order, findings as `Finding` writes
    /// them.
    func write(to json: inout JSONWriter) {
        for (key, value) in [("messages", messages), ("unreadable", unreadable), ("lint", findings)] {
            json.key(key)
            json.value(value)
        }
        json.key("last")
        if let last {
            json.beginObject()
            write(last.sequence, last.time, to: &json)
            json.endObject()
        } else {
            json.null()
        }
        json.key("events")
        json.beginObject()
        for (name, count) in events.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            json.value(count)
        }
        json.endObject()
        json.key("snapshots")
        json.beginObject()
        for (name, snapshot) in snapshots.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            json.beginObject()
            write(snapshot.sequence, snapshot.time, to: &json)
            json.key("payload")
            if let payload = snapshot.payload { json.raw(payload) } else { json.null() }
            json.endObject()
        }
        json.endObject()
        json.key("findings")
        json.beginArray()
        for finding in found.findings { finding.write(to: &json) }
        json.endArray()
    }

    private func write(_ sequence: UInt64, _ time: Timestamp, to json: inout JSONWriter) {
        json.key("sequence")
        json.value(sequence)
        json.key("enqueuedTime")
        json.value(time.description)
    }
}
