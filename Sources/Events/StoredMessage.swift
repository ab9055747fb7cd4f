import JSON
import Vocabulary

/// A stored event taken apart, for those who look into it.
public struct StoredMessage: Sendable {
    public let deviceID: String
    public let moduleID: String?
    /// The body as it was sent.
    public let body: [UInt8]
    private let object: JSONValue

    /// Nil for what is no event, which a sound store never holds.
    public init?(_ event: StoredEvent) {
        guard let root = try? JSONDocument(parsing: event.object).root, let device = root["deviceId"]?.string else {
            return nil
        }
        object = root
        deviceID = device
        moduleID = root["moduleId"]?.string
        body =
            root["body"].map { Array($0.raw) } ?? root["bodyBase64"]?.string.flatMap { Base64.decode($0) } ?? []
    }

    /// The record of the hub's log that it tells of; nil for what came from outside.
    public var hubSequence: UInt64? { object["hubSequence"]?.counter }

    /// A system property such as `iothub-interface-id`.
    public func systemProperty(_ name: String) -> String? { object["systemProperties"]?[name]?.string }

    /// A property of the sender's own.
    public func property(_ name: String) -> String? { object["properties"]?[name]?.string }

    /// Names of the endpoints to which routes have sent it; nil where there were no routes.
    public var endpoints: [String]? { object["endpoints"]?.elements.compactMap(\.string) }

    /// The properties that a reader of this endpoint finds: the sender's, and what the endpoint gets besides.
    public func properties(for endpoint: String) -> [(name: String, value: String?)] {
        var properties = EventProperties(differing: properties?.members.map { ($0.key, $0.value.string) } ?? [])
        for entry in object["enrichments"]?.elements.map({ $0 }) ?? [] {
            guard let name = entry["name"]?.string, let endpoints = entry["endpoints"]?.elements.map(\.string) else {
                continue
            }
            if endpoints.contains(endpoint) {
                properties.set(name, entry["value"]?.string)
            } else if endpoints.contains(EventRouting.builtIn) {
                if let original = entry["original"]?.string {
                    properties.set(name, original)
                } else {
                    properties.remove(name)
                }
            }
        }
        return properties.all.map { ($0.name, $0.value) }
    }

    /// Whether the body is JSON, which stands in the log as it was sent.
    public var bodyIsJSON: Bool { object["body"] != nil }

    /// Both kinds as JSON objects.
    public var systemProperties: JSONValue? { object["systemProperties"] }
    public var properties: JSONValue? { object["properties"] }
}
