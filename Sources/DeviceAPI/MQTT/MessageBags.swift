import Hub
import MQTT

// A message's properties between the hub's names and those of a topic (mqtt.md section 4).

extension PropertyBag {
    private static let names: [(property: SystemProperty, name: String)] = [
        (.messageID, "messageId"), (.correlationID, "correlationId"), (.userID, "userId"), (.to, "to"),
        (.contentType, "contentType"), (.contentEncoding, "contentEncoding"), (.creationTime, "creationTime"),
        (.outputName, "outputName"), (.interfaceID, "interfaceId"), (.subject, "subject"),
        (.messageSchema, "messageSchema"), (.connectionDeviceID, "connectionDeviceId"),
        (.connectionModuleID, "connectionModuleId"), (.diagnosticID, "diagnosticId"),
        (.diagnosticContext, "diagnosticContext"), (.expiry, "expiry"),
    ]

    init(_ content: MessageContent) {
        self.init()
        for (property, name) in Self.names {
            if let value = content.system(name) { set(property, to: value) }
        }
        for property in content.application { set(property.name, to: property.value) }
    }

    /// As a device gets it: the sender's expiry only where there is one, and always what it wants to hear of.
    init(_ message: CloudMessage) {
        self.init(message.content)
        set("iothub-ack", to: message.acknowledgement.rawValue)
    }

    /// What a device has said of its message.
    func content(body: [UInt8]) -> MessageContent {
        var content = MessageContent(body: body)
        for property in properties {
            if let system = property.system, let name = Self.names.first(where: { $0.property == system })?.name {
                content.system.append(.init(name, property.value))
            } else {
                content.application.append(.init(property.name, property.value))
            }
        }
        return content
    }
}

extension DeviceSession {
    /// What is kept of a session.
    init(_ session: Session) {
        self.init()
        for subscription in session.subscriptions {
            _ = subscribe(
                .init(filter: subscription.filter.text, qualityOfService: subscription.qos.rawValue))
        }
    }
}
