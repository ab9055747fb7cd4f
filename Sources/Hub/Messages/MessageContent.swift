import JSON
import Vocabulary

/// What a message carries, whichever way it goes: the properties that mean something to the hub, the application's own,
/// and a body that the hub leaves as it is.
public struct MessageContent: Sendable {
    /// In the order they came.
    public private(set) var system: [(property: MessageProperty, value: String)] = []
    /// Nil stands for a property without a value, which MQTT's property bags know.
    public private(set) var application: [(name: String, value: String?)] = []
    public var body: [UInt8]

    public init(body: [UInt8] = []) { self.body = body }

    /// Takes properties whose names are known to be all different, so that no two have to be compared.
    public init(
        body: [UInt8], differing system: [(property: MessageProperty, value: String)],
        _ application: [(name: String, value: String?)]
    ) {
        self.body = body
        self.system = system
        self.application = application
    }

    public subscript(_ property: MessageProperty) -> String? {
        system.first { $0.property == property }?.value
    }

    /// Of two with one name the later counts (mqtt.md section 4).
    public mutating func set(_ property: MessageProperty, _ value: String) {
        if let place = system.firstIndex(where: { $0.property == property }) {
            system[place].value = value
        } else {
            system.append((property, value))
        }
    }

    public mutating func set(_ name: String, _ value: String?) {
        if let place = application.firstIndex(where: { $0.name == name }) {
            application[place].value = value
        } else {
            application.append((name, value))
        }
    }

    /// Bytes as the hub counts them: body, system values, and the application's names and values (mqtt.md section 5.7).
    public var size: Int {
        system.reduce(body.count) { $0 + $1.value.utf8.count }
            + application.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.utf8.count ?? 0) }
    }
}

extension MessageContent {
    /// Members `system`, `properties` and `body`, which is base64.
    func write(to json: inout JSONWriter) {
        json.key("system")
        json.beginObject()
        for (property, value) in system {
            json.key(property.rawValue)
            json.value(value)
        }
        json.endObject()
        json.key("properties")
        json.beginObject()
        for (name, value) in application {
            json.key(name)
            json.value(value)
        }
        json.endObject()
        json.key("body")
        json.value(Base64.encode(body))
    }

    init(record body: JSONValue) throws(RecordError) {
        guard let bytes = body["body"]?.string.flatMap(Base64.decode), let system = body["system"],
            let properties = body["properties"]
        else { throw RecordError("body") }
        self.init(body: bytes)
        for (name, value) in system.members {
            guard let property = MessageProperty(rawValue: name), let text = value.string else {
                throw RecordError("system")
            }
            set(property, text)
        }
        for (name, value) in properties.members { set(name, value.string) }
    }
}
