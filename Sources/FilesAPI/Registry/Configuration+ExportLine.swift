import Hub
import JSON

extension Configuration {
    /// As a GET shows it, but for what has been counted, with the end of its line.
    var exportLine: [UInt8] {
        var json = JSONWriter(capacity: content.json.count + 512)
        json.beginObject()
        writeMembers(to: &json)
        writeMetrics(to: &json)
        json.key("etag")
        json.value(etag)
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
