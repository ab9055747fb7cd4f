import JSON

/// The report of a running server, which gives it by pages of devices.
enum SecurityReport {
    /// All pages as one document of the same form.
    static func whole(_ client: HubClient) throws -> JSONValue {
        let path = "/emulator/defender/report"
        let first = try client.get(path)
        guard first["leftOut"]?.int ?? 0 > 0 else { return first }
        var json = JSONWriter()
        json.beginObject()
        json.key("devices")
        json.beginArray()
        var page = first
        while true {
            for device in page["devices"]?.elements.map({ $0 }) ?? [] { json.raw(device.raw) }
            guard page["leftOut"]?.int ?? 0 > 0, let last = page["devices"]?.elements.map({ $0 }).last,
                let id = last["deviceId"]?.string
            else { break }
            page = try client.get("\(path)?after=\(PathSegment.encode(id))")
        }
        json.endArray()
        for (key, value) in first.members where key != "devices" {
            json.key(key)
            if key == "leftOut" { json.value(0) } else { json.raw(value.raw) }
        }
        json.endObject()
        return try JSONDocument(parsing: json.bytes).root
    }
}
