import Defender
import Events
import JSON
import Vocabulary

/// What a device's security messages have said so far: how many, what of, and the last snapshot of each kind.
struct DeviceSecurity: Sendable {
    /// Names of events that are counted by themselves; a sender can make up any number of others, which are counted together.
    static let namesCounted = 64
    /// Bytes of snapshots that are kept for one device; what is larger is named without its payload.
    static let snapshotBytes = 256 << 10
    private static let otherNames = "(other)"

    private var messages = 0
    private var unreadable = 0
    private var findings = 0
    private var events: [String: Int] = [:]
    private var snapshots: [String: Snapshot] = [:]
    private var last: (sequence: UInt64, time: Timestamp)?
    /// The generation of each connection that has sent, by module; a device that was made anew begins anew.
    private(set) var generations: [String: String] = [:]

    /// What is found about the device from all this.
    private(set) var found = DeviceFindings()

    private struct Snapshot: Sendable {
        var sequence: UInt64
        var time: Timestamp
        /// The payload's items as a JSON array; nil where they are too large to keep.
        var payload: [UInt8]?
    }

    mutating func take(_ event: StoredEvent, _ stored: StoredMessage) {
        let sender = stored.moduleID ?? ""
        let generation = stored.systemProperty("iothub-connection-auth-generation-id") ?? ""
        if let before = generations[sender], before != generation { self = DeviceSecurity() }
        generations[sender] = generation
        let message = SecurityMessage(stored: stored)
        messages += 1
        if message.kind == .unreadable { unreadable += 1 }
        findings += message.lint.kept.count + message.lint.leftOut
        last = (event.sequence, event.enqueuedTime)
        for securityEvent in message.events {
            count(securityEvent, in: message, event)
            _ = found.observe(.securityEvent(securityEvent, text: message.text), at: event.enqueuedTime)
        }
    }

    /// Any message of the device or a module of it, security messages included.
    mutating func heard(at time: Timestamp) { _ = found.observe(.deviceToCloud(.mqtt), at: time) }

    /// Time has passed: what is silent, and which alerts are old, is seen only by this.
    mutating func look(at time: Timestamp) { _ = found.observe(.clock, at: time) }

    mutating func twinChanged(_ twin: Evidence.ChangedTwin, at time: Timestamp) {
        _ = found.observe(.twinChanged(twin), at: time)
    }

    private mutating func count(_ event: SecurityEvent, in message: SecurityMessage, _ stored: StoredEvent) {
        let name = event.name ?? Self.otherNames
        let isCounted = events[name] != nil || events.count < Self.namesCounted
        events[isCounted ? name : Self.otherNames, default: 0] += 1
        guard isCounted, event.category == "Periodic" else { return }
        let bytes = event.payload.reduce(2) { $0 + $1.count + 1 }
        let others = snapshots.filter { $0.key != name }.values.reduce(0) { $0 + ($1.payload?.count ?? 0) }
        var payload: [UInt8]?
        if bytes + others <= Self.snapshotBytes {
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
