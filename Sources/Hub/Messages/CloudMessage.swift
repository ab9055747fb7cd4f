import JSON
import Vocabulary

/// A cloud-to-device message in its device's queue (mqtt.md section 5.5, rest.md section 16.2).
public struct CloudMessage: Sendable {
    /// Which ends of the message its sender hears of.
    public enum Acknowledgement: String, Sendable, CaseIterable {
        case none, positive, negative, full

        func wants(_ fate: MessageFate) -> Bool {
            switch self {
            case .none: false
            case .positive: fate == .completed
            case .negative: fate != .completed
            case .full: true
            }
        }
    }

    /// Counts the device's messages from 1; never used twice, so that it names a message for good.
    public let sequence: UInt64
    public let enqueuedTime: Timestamp
    /// When it is no longer delivered.
    public let expiry: Timestamp
    public let acknowledgement: Acknowledgement
    public let content: MessageContent
    /// How often it was abandoned.
    public internal(set) var deliveryCount: Int
    /// Not part of the log: after a restart nobody holds a message.
    public internal(set) var lock: MessageLock?

    init(
        sequence: UInt64, enqueuedTime: Timestamp, expiry: Timestamp, acknowledgement: Acknowledgement,
        content: MessageContent, deliveryCount: Int = 0
    ) {
        self.sequence = sequence
        self.enqueuedTime = enqueuedTime
        self.expiry = expiry
        self.acknowledgement = acknowledgement
        self.content = content
        self.deliveryCount = deliveryCount
    }

    /// Whether nobody holds it.
    public func isFree(at time: Timestamp) -> Bool { lock.map { $0.until <= time } ?? true }
}

extension CloudMessage {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("sequence")
        json.value(sequence)
        json.key("enqueued")
        json.value(enqueuedTime.description)
        json.key("expiry")
        json.value(expiry.description)
        json.key("ack")
        json.value(acknowledgement.rawValue)
        if deliveryCount > 0 {
            json.key("deliveryCount")
            json.value(deliveryCount)
        }
        content.write(to: &json)
        json.endObject()
    }

    init(record body: JSONValue) throws(RecordError) {
        guard let sequence = body["sequence"]?.counter,
            let enqueued = body["enqueued"]?.string.flatMap({ Timestamp($0) }),
            let expiry = body["expiry"]?.string.flatMap({ Timestamp($0) }),
            let acknowledgement = body["ack"]?.string.flatMap(Acknowledgement.init)
        else { throw RecordError("message") }
        let deliveries = body["deliveryCount"].map { $0.counter.flatMap(UInt32.init(exactly:)) } ?? 0
        guard let deliveries else { throw RecordError("deliveryCount") }
        self.init(
            sequence: sequence, enqueuedTime: enqueued, expiry: expiry, acknowledgement: acknowledgement,
            content: try MessageContent(record: body), deliveryCount: Int(deliveries))
    }
}
