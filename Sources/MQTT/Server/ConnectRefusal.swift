/// Why a CONNECT that is well-formed does not say who connects.
public enum ConnectRefusal: Error, Hashable, Sendable {
    /// No user name, or one that is not IoT Hub's.
    case userName
    /// The client identifier is not the identity in the user name.
    case clientID

    /// IoT Hub answers both like bad credentials (mqtt.md section 2.2).
    public var answer: ConnectReturnCode { .notAuthorized }
}
