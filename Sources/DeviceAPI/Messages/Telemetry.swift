import Access
import Endpoints
import Events
import Hub
import Vocabulary

/// A device's message as a back end reads it: what the device says of it, and what the hub says of the device
/// (twins.md section 11, amqp.md section 5.4).
enum Telemetry {
    /// Bytes of a message with its properties (mqtt.md section 5.7).
    static let maximumBytes = 256 << 10

    /// System properties by the hub's names, and as events name them.
    private static let names: [String: String] = [
        "messageId": "message-id", "correlationId": "correlation-id", "userId": "user-id", "to": "to",
        "contentType": "content-type", "contentEncoding": "content-encoding",
        "creationTime": "iothub-creation-time-utc", "outputName": "iothub-outputname",
        "interfaceId": "iothub-interface-id", "subject": "dt-subject", "messageSchema": "iothub-message-schema",
        "expiry": "absolute-expiry-time", "diagnosticId": "Diagnostic-Id", "diagnosticContext": "Correlation-Context",
    ]

    static func event(
        _ content: MessageContent, from identity: Identity, _ principal: Principal, _ means: LinkProof.Means,
        at time: Timestamp
    ) -> DeviceEvent {
        var system: EventProperties = [:]
        for property in content.system {
            guard let value = property.value, let name = names[property.name] else { continue }
            system.set(name, value)
        }
        system.set("iothub-connection-device-id", identity.id.device)
        if let module = identity.id.module { system.set("iothub-connection-module-id", module) }
        system.set("iothub-connection-auth-method", method(principal, means))
        system.set("iothub-connection-auth-generation-id", String(identity.generation))
        system.set("iothub-enqueuedtime", time.description)
        system.set("iothub-message-source", EventSource.deviceMessages.messageSource)
        if !identity.modelID.isEmpty { system.set("dt-dataschema", identity.modelID) }
        var properties: EventProperties = [:]
        for property in content.application { properties.set(property.name, property.value) }
        return DeviceEvent(
            enqueuedTime: time, source: .deviceMessages, deviceID: identity.id.device, moduleID: identity.id.module,
            systemProperties: system, properties: properties, body: content.body)
    }

    private static func method(_ principal: Principal, _ means: LinkProof.Means) -> String {
        let scope =
            switch principal.kind {
            case .policy, .everybody: "hub"
            case .device: "device"
            case .module: "module"
            }
        let type = means == .x509Certificate ? "x509" : "sas"
        return #"{"scope":"\#(scope)","type":"\#(type)","issuer":"iothub","acceptingIpFilterRule":null}"#
    }
}
