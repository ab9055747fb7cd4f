import JSON
import Vocabulary

// Configurations in the log: members of the record's event.
extension Event {
    func writeConfiguration(to json: inout JSONWriter) {
        switch self {
        case .configurationUpdated(let configuration):
            json.key("configuration")
            configuration.write(to: &json)
        case .configurationDeleted(let id):
            json.key("configurationId")
            json.value(id.description)
        case .configurationsSettled(let revision):
            json.key("revision")
            json.value(revision)
        case .twinTargeted(_, let standings):
            json.key("configurations")
            standings.write(to: &json)
        default: break
        }
    }

    /// Reads back what `writeConfiguration` wrote of the hub's configurations.
    init(configuration kind: RecordedEvent.Kind, _ body: JSONValue) throws(RecordError) {
        switch kind {
        case .configurationUpdated:
            guard let configuration = body["configuration"] else { throw RecordError("configuration") }
            self = .configurationUpdated(try Configuration(record: configuration))
        case .configurationDeleted:
            guard let id = body["configurationId"]?.string else { throw RecordError("configurationId") }
            self = .configurationDeleted(ConfigurationID(trusted: id))
        case .configurationsSettled:
            guard let revision = body["revision"]?.counter else { throw RecordError("revision") }
            self = .configurationsSettled(revision: revision)
        default: throw RecordError("kind")
        }
    }
}
