import JSON
import Vocabulary

/// What has happened to automatic configurations, and to the twins that they target.
public enum ConfigurationEvent: Sendable {
    /// It as it now stands.
    case updated(Configuration)
    case deleted(ConfigurationID)
    /// Every twin follows the configurations as they were at this revision.
    case settled(revision: UInt64)
    /// The configurations that target this twin from now on, the highest priority first. What they write comes before, as
    /// patches.
    case targeted(TwinID, [ConfigurationStanding])
}

// In the log: the members of a record's event, after the twin's `id` where it is about one.
extension ConfigurationEvent {
    var kind: RecordedEvent.Kind {
        switch self {
        case .updated: .configurationUpdated
        case .deleted: .configurationDeleted
        case .settled: .configurationsSettled
        case .targeted: .twinTargeted
        }
    }

    /// The twin that it is about; nil for what concerns a configuration.
    var twin: TwinID? { if case .targeted(let id, _) = self { id } else { nil } }

    func write(to json: inout JSONWriter) {
        switch self {
        case .updated(let configuration):
            json.key("configuration")
            configuration.write(to: &json)
        case .deleted(let id):
            json.key("configurationId")
            json.value(id.description)
        case .settled(let revision):
            json.key("revision")
            json.value(revision)
        case .targeted(_, let standings):
            json.key("configurations")
            standings.write(to: &json)
        }
    }

    init(_ kind: RecordedEvent.Kind, _ body: JSONValue) throws {
        switch kind {
        case .configurationUpdated:
            guard let configuration = body["configuration"] else { throw RecordError("configuration") }
            self = .updated(try Configuration(record: configuration))
        case .configurationDeleted:
            guard let id = body["configurationId"]?.string else { throw RecordError("configurationId") }
            self = .deleted(ConfigurationID(trusted: id))
        case .configurationsSettled:
            guard let revision = body["revision"]?.counter else { throw RecordError("revision") }
            self = .settled(revision: revision)
        case .twinTargeted:
            guard let id = body["id"]?.string else { throw RecordError("id") }
            guard let standings = body["configurations"] else { throw RecordError("configurations") }
            self = .targeted(TwinID(trusted: id), try [ConfigurationStanding](record: standings))
        default: throw RecordError("kind")
        }
    }
}
