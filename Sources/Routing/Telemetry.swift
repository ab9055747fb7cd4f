import Access
import Events
import Hub
import Vocabulary

/// A device's message on its way to the back ends (amqp.md section 5.4).
public enum Telemetry {
    /// The largest message, properties included, in bytes (rest.md section 16.1).
    public static let maximumBytes = 256 << 10

    /// What a back end gets of a message. Who sent it, and when, is the hub's word and not the sender's.
    public static func event(_ content: MessageContent, from sender: Sender, at time: Timestamp) -> DeviceEvent {
        var system = EventProperties()
        // Who sends is not for the sender to say.
        for (property, value) in content.system where ![.connectionDeviceID, .connectionModuleID].contains(property) {
            system.set(property.name, value)
        }
        system.set("iothub-connection-device-id", sender.id.device)
        if let module = sender.id.module { system.set("iothub-connection-module-id", module) }
        system.set("iothub-enqueuedtime", time.description)
        system.set("iothub-message-source", EventSource.deviceMessages.messageSource)
        system.set("iothub-connection-auth-method", sender.method)
        system.set("iothub-connection-auth-generation-id", String(sender.generation))
        if !sender.modelID.isEmpty { system.set("dt-dataschema", sender.modelID) }
        return DeviceEvent(
            enqueuedTime: time, source: .deviceMessages, deviceID: sender.id.device, moduleID: sender.id.module,
            systemProperties: system, properties: EventProperties(differing: content.application),
            body: content.body)
    }

    /// Who sends, and how that was proven. The same for all messages of a connection.
    public struct Sender: Sendable {
        public let id: TwinID
        let generation: UInt64
        let modelID: String
        /// `{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}`.
        let method: String

        public init(_ identity: Identity, by principal: Principal.Kind) {
            id = identity.id
            generation = identity.generation
            modelID = identity.modelID
            let scope =
                switch principal {
                case .policy, .everybody: "hub"
                case .device: "device"
                case .module: "module"
                }
            let isX509 =
                switch identity.authentication {
                case .selfSigned, .certificateAuthority: scope != "hub"
                case .sas, .none: false
                }
            method =
                "{\"scope\":\"\(scope)\",\"type\":\"\(isX509 ? "x509" : "sas")\",\"issuer\":\"\(isX509 ? "external" : "iothub")\",\"acceptingIpFilterRule\":null}"
        }
    }
}
