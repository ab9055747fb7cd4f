import JSON
import Vocabulary

// Links, sessions and messages in the log: members of the record's event, after its `id`.
extension Event {
    func writeDeviceTraffic(to json: inout JSONWriter) {
        switch self {
        case .linkOpened(_, let opening, let link):
            json.key("link")
            json.value(link)
            json.key("keepsSession")
            json.value(opening.keepsSession)
            if let model = opening.modelID {
                json.key("modelId")
                json.value(model)
            }
        case .linkClosed(_, let link):
            json.key("link")
            json.value(link)
        case .sessionUpdated(_, let session):
            json.key("subscriptions")
            session.write(to: &json)
        case .messageEnqueued(_, let message):
            json.key("message")
            message.write(to: &json)
        case .messageSettled(_, let sequence, let fate):
            json.key("sequence")
            json.value(sequence)
            json.key("fate")
            json.value(fate.rawValue)
        case .messageAbandoned(_, let sequence):
            json.key("sequence")
            json.value(sequence)
        case .feedbackCompleted(let sequences):
            json.key("records")
            json.beginArray()
            for sequence in sequences { json.value(sequence) }
            json.endArray()
        case .identityCreated, .identityUpdated, .identityDeleted, .twinPatched, .twinReplaced, .twinReported, .seeded,
            .reset, .authority, .defender, .configuration, .job, .registryJob, .routingUpdated:
            break
        }
    }

    /// Reads back what `writeDeviceTraffic` wrote.
    init(deviceTraffic kind: RecordedEvent.Kind, _ id: TwinID, _ body: JSONValue) throws(RecordError) {
        func number(_ member: String) throws(RecordError) -> UInt64 {
            guard let value = body[member]?.counter else { throw RecordError(member) }
            return value
        }
        switch kind {
        case .linkOpened:
            let opening = LinkOpening(
                keepsSession: body["keepsSession"]?.bool ?? false, modelID: body["modelId"]?.string)
            self = .linkOpened(id, opening, link: try number("link"))
        case .linkClosed:
            self = .linkClosed(id, link: try number("link"))
        case .sessionUpdated:
            guard let subscriptions = body["subscriptions"] else { throw RecordError("subscriptions") }
            self = .sessionUpdated(id, try DeviceSession(record: subscriptions))
        case .messageEnqueued:
            guard let message = body["message"] else { throw RecordError("message") }
            self = .messageEnqueued(id, try CloudMessage(record: message))
        case .messageSettled:
            guard let fate = body["fate"]?.string.flatMap(MessageFate.init) else { throw RecordError("fate") }
            self = .messageSettled(id, sequence: try number("sequence"), fate)
        case .messageAbandoned:
            self = .messageAbandoned(id, sequence: try number("sequence"))
        case .feedbackCompleted, .identityCreated, .identityUpdated, .identityDeleted, .twinPatched, .twinReplaced,
            .twinReported, .seeded, .reset, .authorityUpdated, .authorityDeleted, .defenderSettingsUpdated,
            .securityGroupUpdated, .securityGroupDeleted, .configurationUpdated, .configurationDeleted,
            .configurationsSettled, .twinTargeted, .jobScheduled, .jobBegan, .jobCalled, .jobDevicesEnded, .jobEnded,
            .jobsForgotten, .registryJobEnqueued, .registryJobBegan, .registryJobImported, .registryJobEnded,
            .registryJobsForgotten, .routingUpdated:
            throw RecordError("kind")
        }
    }
}
