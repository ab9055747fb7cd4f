import JSON
import Vocabulary

/// The cloud-to-device messages that wait for one device or module, oldest first.
public struct MessageQueue: Sendable {
    public private(set) var messages: [CloudMessage] = []
    /// The next message's sequence.
    private(set) var nextSequence: UInt64 = 1

    init() {}

    public var isEmpty: Bool { messages.isEmpty }
    public var count: Int { messages.count }

    /// Messages that nobody holds and that are not too old, in order.
    public func free(at time: Timestamp) -> [CloudMessage] {
        messages.filter { $0.expiry > time && $0.isFree(at: time) }
    }

    /// When the first of them is due to expire, one that somebody holds not before its lock has ended; nil where there is
    /// none.
    var nextExpiry: Timestamp? { messages.lazy.map { max($0.expiry, $0.lock?.until ?? .never) }.min() }

    public subscript(key: MessageKey) -> CloudMessage? {
        messages.first {
            switch key {
            case .lock(let token): $0.lock?.token == token
            case .sequence(let sequence): $0.sequence == sequence
            }
        }
    }

    mutating func append(_ message: CloudMessage) {
        messages.append(message)
        nextSequence = message.sequence + 1
    }

    mutating func remove(_ sequence: UInt64) { messages.removeAll { $0.sequence == sequence } }

    mutating func update(_ sequence: UInt64, _ change: (inout CloudMessage) -> Void) {
        guard let place = messages.firstIndex(where: { $0.sequence == sequence }) else { return }
        change(&messages[place])
    }
}

extension MessageQueue {
    /// `{"next":n,"messages":[…]}`.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("next")
        json.value(nextSequence)
        json.key("messages")
        json.beginArray()
        for message in messages { message.write(to: &json) }
        json.endArray()
        json.endObject()
    }

    init(record body: JSONValue) throws(RecordError) {
        guard let next = body["next"]?.counter, let list = body["messages"] else { throw RecordError("queue") }
        for entry in list.elements { messages.append(try CloudMessage(record: entry)) }
        nextSequence = next
    }

    /// Whether there is anything to remember: a queue that never held a message is as good as none.
    var isUntouched: Bool { messages.isEmpty && nextSequence == 1 }
}
