import JSON
import Vocabulary

/// What a message carries: the properties that the hub knows by name, the application's own, and a body that it leaves as
/// it is.
public struct MessageContent: Sendable {
    public struct Property: Hashable, Sendable {
        public var name: String
        /// Nil for a property without a value, which property bags know.
        public var value: String?

        public init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// `messageId`, `correlationId`, `userId`, `to`, `contentType`, `contentEncoding`, … in the order they came.
    public var system: [Property]
    public var application: [Property]
    public var body: [UInt8]

    public init(system: [Property] = [], application: [Property] = [], body: [UInt8] = []) {
        self.system = system
        self.application = application
        self.body = body
    }

    /// A system property's value.
    public func system(_ name: String) -> String? { system.first { $0.name == name }?.value }

    /// Bytes as the hub counts them: body, system values, and the application's names and values (mqtt.md section 5.7).
    public var size: Int {
        system.reduce(body.count) { $0 + ($1.value?.utf8.count ?? 0) }
            + application.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.utf8.count ?? 0) }
    }
}

extension MessageContent {
    /// Members `system`, `properties` and `body`, which is base64.
    func write(to json: inout JSONWriter) {
        for (key, properties) in [("system", system), ("properties", application)] {
            json.key(key)
            json.beginArray()
            for property in properties {
                json.beginArray()
                json.value(property.name)
                json.value(property.value)
                json.endArray()
            }
            json.endArray()
        }
        json.key("body")
        json.value(Base64.encode(body))
    }

    init(record body: JSONValue) throws(RecordError) {
        func properties(_ member: String) throws(RecordError) -> [Property] {
            guard let list = body[member] else { throw RecordError(member) }
            var properties: [Property] = []
            for entry in list.elements {
                let parts = Array(entry.elements)
                guard parts.count == 2, let name = parts[0].string else { throw RecordError(member) }
                properties.append(Property(name, parts[1].string))
            }
            return properties
        }
        guard let bytes = body["body"]?.string.flatMap(Base64.decode) else { throw RecordError("body") }
        self.init(system: try properties("system"), application: try properties("properties"), body: bytes)
    }
}
