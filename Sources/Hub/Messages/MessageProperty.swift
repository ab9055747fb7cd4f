/// The properties of a message that mean something to the hub, by the names of the three protocols (mqtt.md section 4,
/// rest.md section 16.1, amqp.md section 5.4). The raw value is what the hub's own log calls it.
public enum MessageProperty: String, Sendable, CaseIterable {
    case messageID = "messageId"
    case correlationID = "correlationId"
    case userID = "userId"
    case to, contentType, contentEncoding, expiry, creationTime, outputName
    case interfaceID = "interfaceId"
    case component, schema
    /// Who sent a message to a module's input.
    case connectionDeviceID = "connectionDeviceId"
    case connectionModuleID = "connectionModuleId"
    /// Distributed tracing.
    case diagnosticID = "diagnosticId"
    case diagnosticContext

    /// As an event's system properties have it.
    public var name: String {
        switch self {
        case .messageID: "message-id"
        case .correlationID: "correlation-id"
        case .userID: "user-id"
        case .to: "to"
        case .contentType: "content-type"
        case .contentEncoding: "content-encoding"
        case .expiry: "absolute-expiry-time"
        case .creationTime: "iothub-creation-time-utc"
        case .outputName: "iothub-outputname"
        case .interfaceID: "iothub-interface-id"
        case .component: "dt-subject"
        case .schema: "iothub-message-schema"
        case .connectionDeviceID: "iothub-connection-device-id"
        case .connectionModuleID: "iothub-connection-module-id"
        case .diagnosticID: "Diagnostic-Id"
        case .diagnosticContext: "Correlation-Context"
        }
    }

    /// As MQTT's property bag has it, decoded.
    public var mqttName: String {
        switch self {
        case .messageID: "$.mid"
        case .correlationID: "$.cid"
        case .userID: "$.uid"
        case .to: "$.to"
        case .contentType: "$.ct"
        case .contentEncoding: "$.ce"
        case .expiry: "$.exp"
        case .creationTime: "$.ctime"
        case .outputName: "$.on"
        case .interfaceID: "$.ifid"
        case .component: "$.sub"
        case .schema: "$.schema"
        case .connectionDeviceID: "$.cdid"
        case .connectionModuleID: "$.cmid"
        case .diagnosticID: "$.diagid"
        case .diagnosticContext: "$.diagctx"
        }
    }

    /// As an HTTP header names it, in lower case; nil where HTTP cannot say it.
    public var headerName: String? {
        switch self {
        case .messageID: "iothub-messageid"
        case .correlationID: "iothub-correlationid"
        case .userID: "iothub-userid"
        case .to: "iothub-to"
        case .contentType: "iothub-contenttype"
        case .contentEncoding: "iothub-contentencoding"
        case .expiry: "iothub-expiry"
        case .creationTime: "iothub-creationtimeutc"
        case .interfaceID: "iothub-interface-id"
        case .outputName, .component, .schema, .connectionDeviceID, .connectionModuleID, .diagnosticID,
            .diagnosticContext:
            nil
        }
    }

    private static let byMQTTName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.mqttName, $0) })
    private static let byHeaderName = Dictionary(
        uniqueKeysWithValues: allCases.compactMap { property in property.headerName.map { ($0, property) } })

    public init?(mqttName: String) {
        guard let known = Self.byMQTTName[mqttName] else { return nil }
        self = known
    }

    public init?(headerName: String) {
        guard let known = Self.byHeaderName[headerName] else { return nil }
        self = known
    }
}
