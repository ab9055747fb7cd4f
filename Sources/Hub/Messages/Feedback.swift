import JSON
import Vocabulary

/// What became of a message whose sender wanted to know.
public struct FeedbackRecord: Sendable {
    /// Counts the hub's records from 1.
    public let sequence: UInt64
    public let time: Timestamp
    /// Nil where the message had none.
    public let originalMessageID: String?
    public let device: TwinID
    public let deviceGeneration: UInt64
    public let fate: MessageFate
    /// Not part of the log.
    var lock: MessageLock?

    init(
        sequence: UInt64, time: Timestamp, originalMessageID: String?, device: TwinID, deviceGeneration: UInt64,
        fate: MessageFate
    ) {
        self.sequence = sequence
        self.time = time
        self.originalMessageID = originalMessageID
        self.device = device
        self.deviceGeneration = deviceGeneration
        self.fate = fate
    }
}

/// Records that a back end has taken and not settled yet.
public struct FeedbackBatch: Sendable {
    public let lock: MessageLock
    public let records: [FeedbackRecord]
}

/// The hub's feedback queue, oldest first.
struct FeedbackQueue: Sendable {
    private(set) var records: [FeedbackRecord] = []
    private var nextSequence: UInt64 = 1

    /// Adds a record; the oldest ones make room and too old ones go.
    mutating func append(
        _ fate: MessageFate, of message: CloudMessage, for identity: Identity, at time: Timestamp, limits: HubLimits
    ) {
        dropOld(at: time, limits)
        if records.count >= limits.feedbackRecords { records.removeFirst(records.count - limits.feedbackRecords + 1) }
        records.append(
            FeedbackRecord(
                sequence: nextSequence, time: time, originalMessageID: message.content[.messageID],
                device: identity.id, deviceGeneration: identity.generation, fate: fate))
        nextSequence += 1
    }

    private mutating func dropOld(at time: Timestamp, _ limits: HubLimits) {
        let oldest = time.adding(seconds: -Double(limits.feedbackLifetimeSeconds))
        records.removeAll { $0.time < oldest }
    }

    /// Gives the oldest records that nobody holds to the holder of this lock; nil where there are none. Too old ones go,
    /// which is no event: whenever they are looked at they are as old.
    mutating func take(_ lock: MessageLock, at time: Timestamp, _ limits: HubLimits) -> FeedbackBatch? {
        dropOld(at: time, limits)
        var taken: [FeedbackRecord] = []
        for index in records.indices
        where taken.count < limits.feedbackBatch && (records[index].lock?.until ?? .never) <= time {
            records[index].lock = lock
            taken.append(records[index])
        }
        return taken.isEmpty ? nil : FeedbackBatch(lock: lock, records: taken)
    }

    /// The records that this lock holds; empty where it holds none any more.
    func held(by token: String, at time: Timestamp) -> [UInt64] {
        records.filter { $0.lock?.token == token && $0.lock?.until ?? .never > time }.map(\.sequence)
    }

    mutating func release(_ token: String) {
        for index in records.indices where records[index].lock?.token == token { records[index].lock = nil }
    }

    mutating func remove(_ sequences: [UInt64]) { records.removeAll { sequences.contains($0.sequence) } }
}

extension FeedbackQueue {
    /// `{"next":n,"records":[…]}`.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("next")
        json.value(nextSequence)
        json.key("records")
        json.beginArray()
        for record in records {
            json.beginObject()
            json.key("sequence")
            json.value(record.sequence)
            json.key("time")
            json.value(record.time.description)
            json.key("messageId")
            json.value(record.originalMessageID)
            json.key("id")
            json.value(record.device.key)
            json.key("generationId")
            json.value(String(record.deviceGeneration))
            json.key("fate")
            json.value(record.fate.rawValue)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    init(record body: JSONValue) throws(RecordError) {
        guard let next = body["next"]?.counter, let list = body["records"] else { throw RecordError("feedback") }
        for entry in list.elements {
            guard let sequence = entry["sequence"]?.counter,
                let time = entry["time"]?.string.flatMap({ Timestamp($0) }),
                let id = entry["id"]?.string,
                let generation = entry["generationId"]?.string.flatMap(Identity.generation),
                let fate = entry["fate"]?.string.flatMap(MessageFate.init)
            else { throw RecordError("feedback") }
            records.append(
                FeedbackRecord(
                    sequence: sequence, time: time, originalMessageID: entry["messageId"]?.string,
                    device: TwinID(trusted: id), deviceGeneration: generation, fate: fate))
        }
        nextSequence = next
    }
}
