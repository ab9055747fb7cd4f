import Hub
import JSON

extension Entity {
    /// One element of a bulk request that makes this identity and twin anew, with the end of its line.
    func exportLine(withKeys: Bool) -> [UInt8] {
        var json = JSONWriter(capacity: twin.tags.count + twin.desired.count + twin.reported.count + 512)
        json.beginObject()
        json.key("id")
        json.value(id.device)
        if let module = id.module {
            json.key("moduleId")
            json.value(module)
        }
        json.key("eTag")
        json.value(identity.etag)
        // Every line has one, since an import asks for it; a module has no other.
        json.key("status")
        json.value(identity.status.rawValue)
        if let reason = identity.statusReason {
            json.key("statusReason")
            json.value(reason)
        }
        if let managedBy = identity.managedBy {
            json.key("managedBy")
            json.value(managedBy)
        }
        json.key("authentication")
        identity.writeAuthentication(to: &json, withKeys: withKeys)
        json.key("twinETag")
        json.value(twin.etag)
        json.key("tags")
        json.raw(twin.tags)
        json.key("properties")
        json.beginObject()
        json.key("desired")
        json.raw(twin.desired)
        json.key("reported")
        json.raw(twin.reported)
        json.endObject()
        if !id.isModule {
            json.key("capabilities")
            json.beginObject()
            json.key("iotEdge")
            json.value(identity.iotEdge)
            json.endObject()
            if let scope = identity.deviceScope {
                json.key("deviceScope")
                json.value(scope)
            }
            if !identity.parentScopes.isEmpty {
                json.key("parentScopes")
                json.beginArray()
                for scope in identity.parentScopes { json.value(scope) }
                json.endArray()
            }
        }
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
