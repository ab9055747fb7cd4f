import JSON

/// What a configuration that targets a twin has come to there (twins.md section 1, `configurations`).
public struct ConfigurationStanding: Hashable, Sendable {
    /// The configuration's number, which tells it from another one that once had its id.
    public let number: UInt64
    public let id: ConfigurationID
    public let status: Status

    public enum Status: String, Sendable {
        /// It is meant for this twin, and nothing of it is there: all of it is overruled, or it does not fit.
        case targeted = "Targeted"
        /// It has written something here, all of it or what others of higher priority left to it.
        case applied = "Applied"
    }
}

extension [ConfigurationStanding] {
    /// The member `configurations` of a twin, the highest priority first; nil where none targets it.
    var document: [UInt8]? {
        guard !isEmpty else { return nil }
        var json = JSONWriter()
        json.beginObject()
        for standing in self {
            json.key(standing.id.description)
            json.beginObject()
            json.key("status")
            json.value(standing.status.rawValue)
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }

    /// As the log and snapshots keep it.
    func write(to json: inout JSONWriter) {
        json.beginArray()
        for standing in self {
            json.beginObject()
            json.key("number")
            json.value(standing.number)
            json.key("id")
            json.value(standing.id.description)
            json.key("status")
            json.value(standing.status.rawValue)
            json.endObject()
        }
        json.endArray()
    }

    init(record value: JSONValue) throws(RecordError) {
        self = []
        for entry in value.elements {
            guard let number = entry["number"]?.counter, let id = entry["id"]?.string,
                let status = entry["status"]?.string.flatMap(ConfigurationStanding.Status.init)
            else { throw RecordError("configurations") }
            append(ConfigurationStanding(number: number, id: ConfigurationID(trusted: id), status: status))
        }
    }
}
