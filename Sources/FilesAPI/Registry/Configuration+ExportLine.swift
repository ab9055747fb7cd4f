import Hub
import JSON

extension Configuration {
    /// As a GET shows it, but for what has been counted, with the end of its line.
    var exportLine: [UInt8] {
        var json = JSONWriter(capacity: content.json.count + 512)
        json.beginObject()
        json.key("id")
        json.value(id.description)
        json.key("schemaVersion")
        json.value(schemaVersion)
        json.key("labels")
        if let labels { json.raw(labels) } else { json.null() }
        json.key("content")
        json.raw(content.json)
        json.key("targetCondition")
        json.value(target.text)
        json.key("createdTimeUtc")
        json.value(created.description)
        json.key("lastUpdatedTimeUtc")
        json.value(updated.description)
        json.key("priority")
        json.value(priority)
        json.key("metrics")
        json.beginObject()
        json.key("queries")
        json.beginObject()
        for metric in metrics {
            json.key(metric.name)
            json.value(metric.text)
        }
        json.endObject()
        json.endObject()
        json.key("etag")
        json.value(etag)
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
