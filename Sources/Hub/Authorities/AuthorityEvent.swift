import JSON
import Vocabulary

/// What has happened to a certificate authority.
public enum AuthorityEvent: Sendable {
    /// It as it now stands: registered, replaced, asked for a proof, or verified.
    case updated(RegisteredAuthority)
    case deleted(AuthorityName)
}

// In the log: the members of a record's event.
extension AuthorityEvent {
    var kind: RecordedEvent.Kind {
        switch self {
        case .updated: .authorityUpdated
        case .deleted: .authorityDeleted
        }
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .updated(let authority):
            json.key("authority")
            authority.write(to: &json)
        case .deleted(let name):
            json.key("name")
            json.value(name.description)
        }
    }

    init(_ kind: RecordedEvent.Kind, _ body: JSONValue) throws {
        switch kind {
        case .authorityUpdated:
            guard let authority = body["authority"] else { throw RecordError("authority") }
            self = .updated(try RegisteredAuthority(record: authority))
        case .authorityDeleted:
            guard let name = body["name"]?.string else { throw RecordError("name") }
            self = .deleted(AuthorityName(trusted: name))
        default: throw RecordError("kind")
        }
    }
}
