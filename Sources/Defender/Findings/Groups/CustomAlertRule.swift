/// A rule type of device security groups (defender.md section 6.6).
public enum CustomAlertRule: String, CaseIterable, Sendable {
    case activeConnections = "ActiveConnectionsNotInAllowedRange"
    case amqpC2DMessages = "AmqpC2DMessagesNotInAllowedRange"
    case amqpC2DRejectedMessages = "AmqpC2DRejectedMessagesNotInAllowedRange"
    case amqpD2CMessages = "AmqpD2CMessagesNotInAllowedRange"
    case directMethodInvokes = "DirectMethodInvokesNotInAllowedRange"
    case failedLocalLogins = "FailedLocalLoginsNotInAllowedRange"
    case fileUploads = "FileUploadsNotInAllowedRange"
    case httpC2DMessages = "HttpC2DMessagesNotInAllowedRange"
    case httpC2DRejectedMessages = "HttpC2DRejectedMessagesNotInAllowedRange"
    case httpD2CMessages = "HttpD2CMessagesNotInAllowedRange"
    case mqttC2DMessages = "MqttC2DMessagesNotInAllowedRange"
    case mqttC2DRejectedMessages = "MqttC2DRejectedMessagesNotInAllowedRange"
    case mqttD2CMessages = "MqttD2CMessagesNotInAllowedRange"
    case queuePurges = "QueuePurgesNotInAllowedRange"
    case twinUpdates = "TwinUpdatesNotInAllowedRange"
    case unauthorizedOperations = "UnauthorizedOperationsNotInAllowedRange"
    case connectionToIP = "ConnectionToIpNotAllowed"
    case localUser = "LocalUserNotAllowed"
    case process = "ProcessNotAllowed"

    public static let timeWindowRules = allCases.filter { !allowlistRules.contains($0) }
    public static let allowlistRules: [CustomAlertRule] = [.connectionToIP, .localUser, .process]

    /// What it counts or holds against its list.
    var subject: String {
        switch self {
        case .activeConnections: "active connections"
        case .amqpC2DMessages: "cloud to device messages (AMQP protocol)"
        case .amqpC2DRejectedMessages: "rejected cloud to device messages (AMQP protocol)"
        case .amqpD2CMessages: "device to cloud messages (AMQP protocol)"
        case .directMethodInvokes: "direct method invokes"
        case .failedLocalLogins: "failed local logins"
        case .fileUploads: "file uploads"
        case .httpC2DMessages: "cloud to device messages (HTTP protocol)"
        case .httpC2DRejectedMessages: "rejected cloud to device messages (HTTP protocol)"
        case .httpD2CMessages: "device to cloud messages (HTTP protocol)"
        case .mqttC2DMessages: "cloud to device messages (MQTT protocol)"
        case .mqttC2DRejectedMessages: "rejected cloud to device messages (MQTT protocol)"
        case .mqttD2CMessages: "device to cloud messages (MQTT protocol)"
        case .queuePurges: "device queue purges"
        case .twinUpdates: "twin updates"
        case .unauthorizedOperations: "unauthorized operations"
        case .connectionToIP: "outbound connection to an ip"
        case .localUser: "login by a local user"
        case .process: "execution of a process"
        }
    }

    /// As the resource shows it (the service's own example of a group has these names).
    public var displayName: String {
        Self.allowlistRules.contains(self)
            ? "\(subject.prefix(1).uppercased())\(subject.dropFirst()) that isn't allowed"
            : "Number of \(subject) is not in allowed range"
    }

    public var description: String {
        Self.allowlistRules.contains(self)
            ? "Tells of each \(subject) that is not in the list."
            : "Tells when the number of \(subject) in the time window is not in the configured range."
    }

    /// What its alerts are called: the beginning is documented.
    private var alertName: String {
        let text = displayName
        return "Custom alert - \(text.prefix(1).lowercased())\(text.dropFirst())"
    }

    /// The names are documented; how a value is held against a list or counted is TwinHub's.
    var findingType: FindingType {
        FindingType("IoT_CA_" + rawValue, alertName, .customAlert, .low, .approximation)
    }

    /// The rule that counts this evidence; nil for evidence that none counts, or that is an agent's event.
    init?(counting evidence: Evidence) {
        switch evidence {
        case .twinUpdated: self = .twinUpdates
        case .directMethodInvoked: self = .directMethodInvokes
        case .fileUploaded: self = .fileUploads
        case .queuePurged: self = .queuePurges
        case .unauthorizedOperation: self = .unauthorizedOperations
        case .cloudToDeviceSent(let transport): self.init(transport, "C2DMessages")
        case .cloudToDeviceRejected(let transport): self.init(transport, "C2DRejectedMessages")
        case .deviceToCloud(let transport): self.init(transport, "D2CMessages")
        default: return nil
        }
    }

    private init?(_ transport: Evidence.Transport, _ what: String) {
        self.init(rawValue: "\(transport.rawValue)\(what)NotInAllowedRange")
    }
}
