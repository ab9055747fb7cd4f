import JSON

/// Where an event goes by the routes of the hub's owner.
public struct EventRouting: Sendable, Hashable {
    /// Names of endpoints, each once; none where no route took it.
    public var endpoints: [String]
    /// What some of them get besides the event's own properties.
    public var enrichments: [Enrichment]

    public struct Enrichment: Sendable, Hashable {
        public var name: String
        public var value: String
        public var endpoints: [String]
        /// What the sender's own property of this name says. Kept where the built-in endpoint, whose properties are the
        /// event's, gets another value.
        public var original: String?

        public init(name: String, value: String, endpoints: [String], original: String? = nil) {
            self.name = name
            self.value = value
            self.endpoints = endpoints
            self.original = original
        }
    }

    public init(endpoints: [String], enrichments: [Enrichment] = []) {
        self.endpoints = endpoints
        self.enrichments = enrichments
    }

    /// The endpoint that every hub has: what a back end reads from Event Hubs.
    public static let builtIn = "events"

    /// `"endpoints":["a"]`, and `"enrichments":[{"name","value","endpoints",["original"]}]` where there are some.
    func write(to json: inout JSONWriter) {
        Self.write(endpoints, to: &json)
        guard !enrichments.isEmpty else { return }
        json.key("enrichments")
        json.beginArray()
        for enrichment in enrichments {
            json.beginObject()
            json.key("name")
            json.value(enrichment.name)
            json.key("value")
            json.value(enrichment.value)
            Self.write(enrichment.endpoints, to: &json)
            if let original = enrichment.original {
                json.key("original")
                json.value(original)
            }
            json.endObject()
        }
        json.endArray()
    }

    private static func write(_ endpoints: [String], to json: inout JSONWriter) {
        json.key("endpoints")
        json.beginArray()
        for name in endpoints { json.value(name) }
        json.endArray()
    }
}
