/// What a CONNACK says (MQTT 3.1.1 section 3.2.2.3).
public enum ConnectReturnCode: UInt8, Sendable {
    case accepted, unacceptableProtocolVersion, identifierRejected, serverUnavailable, badUserNameOrPassword
    case notAuthorized
}
