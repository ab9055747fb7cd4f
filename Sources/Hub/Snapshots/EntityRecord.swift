import JSON
import Twins
import Vocabulary

/// An entity as a snapshot's line: `{"id":…,"identity":{…},"modules":[…],"twin":{…},"patches":[{"version":…,"patch":{…}}]}`,
/// then `session`, `queue`, `link` and `configurations` where there is one.
enum EntityRecord {
    static func write(_ entity: Entity, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.value(entity.id.key)
        json.key("identity")
        entity.identity.writeJSON(to: &json, forRecord: true)
        json.key("modules")
        json.beginArray()
        for module in entity.modules { json.value(module.key) }
        json.endArray()
        json.key("twin")
        json.raw(entity.document.bytes)
        json.key("patches")
        json.beginArray()
        for patch in entity.patches.patches {
            json.beginObject()
            json.key("version")
            json.value(Int(patch.version))
            json.key("patch")
            json.raw(patch.json)
            json.endObject()
        }
        json.endArray()
        if let session = entity.session {
            json.key("session")
            session.write(to: &json)
        }
        if !entity.messages.isUntouched {
            json.key("queue")
            entity.messages.write(to: &json)
        }
        if entity.link != 0 {
            json.key("link")
            json.value(entity.link)
        }
        if !entity.configurations.isEmpty {
            json.key("configurations")
            entity.configurations.write(to: &json)
        }
        json.endObject()
    }

    static func read(_ body: JSONValue) throws -> Entity {
        guard let identity = body["identity"], let twin = body["twin"], let modules = body["modules"],
            let patches = body["patches"]
        else { throw RecordError("entity") }
        var history = PatchHistory()
        for entry in patches.elements {
            guard let version = entry["version"]?.counter, let patch = entry["patch"] else {
                throw RecordError("patches")
            }
            history.append(version: version, json: Array(patch.raw), keeping: .max)
        }
        let link = body["link"]?.counter ?? 0
        guard (link != 0) == (body["link"] != nil) else { throw RecordError("link") }
        return Entity(
            identity: try Identity(record: identity), document: try RenderedTwin(parsing: Array(twin.raw)),
            patches: history, modules: modules.elements.compactMap(\.string).map(TwinID.init(trusted:)),
            session: try body["session"].map { try DeviceSession(record: $0) },
            messages: try body["queue"].map { try MessageQueue(record: $0) } ?? MessageQueue(),
            link: link,
            configurations: try body["configurations"].map { try [ConfigurationStanding](record: $0) } ?? [])
    }
}
