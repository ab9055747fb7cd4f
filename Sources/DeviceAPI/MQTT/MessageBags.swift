import Hub
import MQTT

// A message's properties between the hub's names and those of a topic (mqtt.md section 4).

extension PropertyBag {
    init(_ content: MessageContent) {
        self.init()
        for (property, value) in content.system { set(property.mqttName, to: value) }
        for (name, value) in content.application { set(name, to: value) }
    }

    /// As a device gets it, with what its sender wants to hear of.
    init(_ message: CloudMessage) {
        self.init(message.content)
        set("iothub-ack", to: message.acknowledgement.rawValue)
    }

    /// What a device has said of its message.
    func content(body: [UInt8]) -> MessageContent {
        var system: [(property: MessageProperty, value: String)] = []
        var application: [(name: String, value: String?)] = []
        for property in properties {
            guard let known = MessageProperty(mqttName: property.name) else {
                application.append((property.name, property.value))
                continue
            }
            if let value = property.value { system.append((known, value)) }
        }
        return MessageContent(body: body, differing: system, application)
    }
}
