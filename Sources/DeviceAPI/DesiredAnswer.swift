import HTTP
import Hub
import JSON
import Vocabulary

/// What a client that watches desired properties is told.
enum DesiredAnswer {
    /// `{"generation":G,"version":M,"patches":[…]}` with every patch after a version, or
    /// `{"generation":G,"version":M,"desired":{…}}` where no version is given or the patches are no longer kept.
    static func body(_ entity: Entity, after: UInt64?) -> [UInt8] {
        let version = entity.twin.desiredVersion
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.key("generation")
        json.value(String(entity.identity.generation))
        json.key("version")
        json.value(Int(version))
        if let after, let patches = entity.patches.after(after, current: version) {
            json.key("patches")
            json.beginArray()
            for patch in patches { json.raw(patch.json) }
            json.endArray()
        } else {
            json.key("desired")
            json.raw(section(entity))
        }
        json.endObject()
        return json.bytes
    }

    /// The same as events, one a patch.
    static func events(_ entity: Entity, after: UInt64?) -> [UInt8] {
        let version = entity.twin.desiredVersion
        if let after, let patches = entity.patches.after(after, current: version) {
            return patches.flatMap { ServerSentEvent.bytes("patch", id: String($0.version), data: $0.json) }
        }
        return ServerSentEvent.bytes("desired", id: String(version), data: section(entity))
    }

    private static func section(_ entity: Entity) -> [UInt8] {
        var bytes: [UInt8] = []
        entity.document.writeDesired(to: &bytes)
        return bytes
    }
}
