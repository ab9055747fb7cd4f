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

    /// A system property such as `iothub-interface-id`.
    public func systemProperty(_ name: String) -> String? { object["systemProperties"]?[name]?.string }

    /// A property of the sender's own.
    public func property(_ name: String) -> String? { object["properties"]?[name]?.string }

    /// Both kinds as JSON objects.
    public var systemProperties: JSONValue? { object["systemProperties"] }
    public var properties: JSONValue? { object["properties"] }
}
