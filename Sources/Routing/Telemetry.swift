import Access
import Events
import JSON
import Vocabulary

/// A device's message on its way to the back ends (amqp.md section 5.4).
public enum Telemetry {
    /// The largest message, properties included, in bytes (rest.md section 16.1).
    public static let maximumBytes = 256 << 10

    /// - Parameters:
    ///   - properties: the system properties that the device may set itself, by `MessageProperty`.
    ///   - application: the device's own properties.
    public static func event(
        from sender: Sender, at time: Timestamp, properties: [(MessageProperty, String)], application: EventProperties,
        body: [UInt8]
    ) -> DeviceEvent {
        var system = EventProperties()
        for (property, value) in properties { system.set(property.name, value) }
        EventMarks.source(.deviceMessages, of: sender.id, at: time, to: &system)
        system.set("iothub-connection-auth-method", sender.method)
        system.set("iothub-connection-auth-generation-id", String(sender.generation))
        return DeviceEvent(
            enqueuedTime: time, source: .deviceMessages, deviceID: sender.id.device, moduleID: sender.id.module,
            systemProperties: system, properties: application, body: body)
    }

    /// Who sends, and how that was proven. The same for all messages of a connection.
    public struct Sender: Sendable {
        public let id: TwinID
        let generation: UInt64
        /// `{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}`.
        let method: String

        public init(_ id: TwinID, generation: UInt64, authentication: Authentication, by principal: Principal.Kind) {
            self.id = id
            self.generation = generation
            let scope =
                switch principal {
                case .policy, .everybody: "hub"
                case .device: "device"
                case .module: "module"
                }
            let isX509 =
                switch authentication {
                case .selfSigned, .certificateAuthority: scope != "hub"
                case .sas, .none: false
                }
            method =
                "{\"scope\":\"\(scope)\",\"type\":\"\(isX509 ? "x509" : "sas")\",\"issuer\":\"\(isX509 ? "external" : "iothub")\",\"acceptingIpFilterRule\":null}"
        }
    }
}
