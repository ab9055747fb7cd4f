import Defender
import JSON
import Vocabulary

/// A device security group that the hub knows.
public struct RegisteredSecurityGroup: Hashable, Sendable {
    public let name: SecurityGroupName
    public let group: SecurityGroup
    /// Grows with every change, and is another one after a deletion; 0 for the built-in group that nobody has written.
    let etagCounter: UInt64

    /// The built-in group as it is before anybody has written it: no rule is enabled.
    static let builtIn = RegisteredSecurityGroup(name: .default, group: .empty, etagCounter: 0)

    public var etag: String { ETag.twin(etagCounter) }
}

extension RegisteredSecurityGroup {
    /// As the log and snapshots keep it: `{"name","etagCounter","properties":{…}}`, without the rules that are at their defaults.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.value(name.description)
        json.key("etagCounter")
        json.value(etagCounter)
        json.key("properties")
        group.writeSettings(to: &json)
        json.endObject()
    }

    init(record body: JSONValue) throws(RecordError) {
        guard let name = body["name"]?.string, let counter = body["etagCounter"]?.counter,
            let group = try? SecurityGroup(reading: body)
        else { throw RecordError("group") }
        self.init(name: SecurityGroupName(trusted: name), group: group, etagCounter: counter)
    }
}
