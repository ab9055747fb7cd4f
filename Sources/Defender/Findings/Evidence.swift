import JSON

/// What can be observed of a device.
public enum Evidence: Sendable {
    /// One event of a security message; its payload's places are in `text` (``SecurityMessage/text``).
    case securityEvent(SecurityEvent, text: [UInt8])
    /// A twin of the device has been changed, by the device or by a back end.
    case twinUpdated
    /// How a twin of the device stands that says something here.
    case twinStands(StandingTwin)
    case directMethodInvoked
    case cloudToDeviceSent(Transport)
    case cloudToDeviceRejected(Transport)
    /// A message of the device or of a module of it, security messages included.
    case deviceToCloud(Transport)
    case fileUploaded
    case queuePurged
    /// An operation of or on the device that was refused.
    case unauthorizedOperation
    case tokenExpired
    /// A signature by neither key.
    case tokenInvalid
    case certificateExpired
    case thumbprintMismatch
    /// Some of the other devices that sign in with the same key or thumbprint, and how many more there are; none of them clears
    /// the finding.
    case credentialsShared(with: [String], more: Int)
    /// A connection came about; the suite is nil where it is one that is not to be upgraded.
    case vulnerableCipher(suite: String?)
    /// Time has passed. Silence, thresholds not reached and old alerts are seen only by this.
    case clock

    public enum Transport: String, CaseIterable, Sendable {
        case amqp = "Amqp"
        case mqtt = "Mqtt"
        case http = "Http"
    }

    public enum StandingTwin: Sendable {
        /// A security module's, with its desired properties; nil where the module is no more.
        case security(SecurityModule, desired: JSONValue?)
        /// `$edgeAgent`'s, with its desired properties; nil where the device is none for IoT Edge any more.
        case edgeAgent(desired: JSONValue?)
    }
}
