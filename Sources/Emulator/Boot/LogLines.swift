import JSON
import Logging
import Vocabulary

/// Log lines on standard error: `2026-01-31T10:00:00.123Z info door: text key=value`, or the same as a JSON object.
struct LogLines: LogHandler {
    let label: String
    let format: LogFormat
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let time = Environment.system.now().description
        switch format {
        case .text:
            let details = all.map { " \($0.key)=\($0.value)" }.joined()
            StandardError.write("\(time) \(event.level) \(label): \(event.message)\(details)\n")
        case .json:
            var json = JSONWriter()
            json.beginObject()
            json.key("time")
            json.value(time)
            json.key("level")
            json.value(event.level.rawValue)
            json.key("label")
            json.value(label)
            json.key("message")
            json.value(event.message.description)
            for (key, value) in all {
                json.key(key)
                json.value(value.description)
            }
            json.endObject()
            StandardError.write(String(decoding: json.bytes, as: UTF8.self) + "\n")
        }
    }
}
