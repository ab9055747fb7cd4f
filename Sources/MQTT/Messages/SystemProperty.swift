/// The properties of a message that have a short name in a topic (mqtt.md section 4).
public enum SystemProperty: String, CaseIterable, Sendable {
    case messageID = "$.mid"
    case correlationID = "$.cid"
    case userID = "$.uid"
    case to = "$.to"
    case contentType = "$.ct"
    case contentEncoding = "$.ce"
    /// The absolute expiry.
    case expiry = "$.exp"
    case creationTime = "$.ctime"
    /// The output of a module that the message comes from.
    case outputName = "$.on"
    case interfaceID = "$.ifid"
    /// The component, which becomes `dt-subject`.
    case subject = "$.sub"
    case messageSchema = "$.schema"
    /// To module inputs: who sent the message.
    case connectionDeviceID = "$.cdid"
    case connectionModuleID = "$.cmid"
    /// Distributed tracing.
    case diagnosticID = "$.diagid"
    case diagnosticContext = "$.diagctx"
}
