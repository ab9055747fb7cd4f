import JSON
import Vocabulary

/// What has happened to the rules of Defender for IoT.
public enum DefenderEvent: Sendable {
    /// How security modules are kept from now on.
    case settingsUpdated(DefenderSettings)
    /// A device security group as it now stands.
    case groupUpdated(RegisteredSecurityGroup)
    case groupDeleted(SecurityGroupName)
}

// In the log: the members of a record's event.
extension DefenderEvent {
    var kind: RecordedEvent.Kind {
        switch self {
        case .settingsUpdated: .defenderSettingsUpdated
        case .groupUpdated: .securityGroupUpdated
        case .groupDeleted: .securityGroupDeleted
        }
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .settingsUpdated(let settings):
            json.key("settings")
            settings.write(to: &json)
        case .groupUpdated(let group):
            json.key("group")
            group.write(to: &json)
        case .groupDeleted(let name):
            json.key("name")
            json.value(name.description)
        }
    }

    init(_ kind: RecordedEvent.Kind, _ body: JSONValue) throws {
        switch kind {
        case .defenderSettingsUpdated:
            guard let settings = body["settings"] else { throw RecordError("settings") }
            self = .settingsUpdated(try DefenderSettings(settings))
        case .securityGroupUpdated:
            guard let group = body["group"] else { throw RecordError("group") }
            self = .groupUpdated(try RegisteredSecurityGroup(record: group))
        case .securityGroupDeleted:
            guard let name = body["name"]?.string else { throw RecordError("name") }
            self = .groupDeleted(SecurityGroupName(trusted: name))
        default: throw RecordError("kind")
        }
    }
}
