/// How conditions and storage endpoints call an event's system properties, which events themselves call otherwise (query.md
/// section 8).
public enum SystemPropertyName {
    private static let routed = [
        "content-type": "contentType", "content-encoding": "contentEncoding", "iothub-enqueuedtime": "enqueuedTime",
        "iothub-connection-device-id": "connectionDeviceId", "iothub-connection-module-id": "connectionModuleId",
        "iothub-connection-auth-method": "connectionAuthMethod",
        "iothub-connection-auth-generation-id": "connectionDeviceGenerationId",
        "correlation-id": "correlationId", "user-id": "userId", "message-id": "messageId",
    ]

    /// The name as it is where the two do not differ.
    public static func routed(_ name: String) -> String { routed[name] ?? name }
}
