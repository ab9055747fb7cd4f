import Hub
import JSON
import Query
import Vocabulary

/// A property that is added to what goes to some endpoints.
struct MessageEnrichment: Sendable {
    let key: String
    let text: String
    let value: Value
    let endpoints: [String]

    enum Value: Sendable {
        case constant(String)
        /// `$iothubname`.
        case hubName
        /// `$twin.tags.…` or `$twin.properties.…`, by the keys behind `$twin`.
        case twin([String])
    }

    init(_ body: JSONValue) throws(HubError) {
        guard body.kind == .object, let key = body["key"]?.string, !key.isEmpty, let text = body["value"]?.string else {
            throw HubError(.argumentInvalid, "An enrichment is an object with 'key', 'value' and 'endpointNames'.")
        }
        guard key.utf8.count <= RoutingLimits.enrichmentKeyBytes, text.utf8.count <= RoutingLimits.enrichmentValueBytes
        else {
            throw HubError(
                .argumentInvalid,
                "An enrichment's key has at most \(RoutingLimits.enrichmentKeyBytes) bytes and its value \(RoutingLimits.enrichmentValueBytes)."
            )
        }
        let endpoints = body["endpointNames"]?.elements.map(\.string) ?? []
        guard !endpoints.isEmpty, !endpoints.contains(nil) else {
            throw HubError(.argumentInvalid, "'endpointNames' of enrichment '\(key)' is empty.")
        }
        self.key = key
        self.text = text
        self.endpoints = endpoints.compactMap { $0 }
        if text.lowercased() == "$iothubname" {
            value = .hubName
        } else if text.lowercased().hasPrefix("$twin.") {
            let keys = text.dropFirst("$twin.".count).split(separator: ".").map(String.init)
            guard let root = keys.first?.lowercased(), keys.count > 1, root == "tags" || root == "properties" else {
                throw HubError(
                    .argumentInvalid, "Enrichment '\(key)' reads '$twin.tags.…' or '$twin.properties.…' of a twin.")
            }
            value = .twin(keys)
        } else {
            value = .constant(text)
        }
    }

    /// What is added. A path that the twin lacks is added as it is written, by the documentation's own word.
    func resolve(_ message: RouteMessage) -> String {
        switch value {
        case .constant(let text): return text
        case .hubName: return HubName.name
        case .twin(let keys):
            guard let found = message.twinValue(at: keys) else { return text }
            return found.string ?? String(decoding: found.raw, as: UTF8.self)
        }
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("key")
        json.value(key)
        json.key("value")
        json.value(text)
        json.key("endpointNames")
        json.beginArray()
        for name in endpoints { json.value(name) }
        json.endArray()
        json.endObject()
    }
}
