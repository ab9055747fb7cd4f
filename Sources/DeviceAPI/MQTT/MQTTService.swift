/// What MQTT links have in common, whichever shard they are on.
public struct MQTTService: Sendable {
    /// What a client is told whose device is disabled. Which one the real hub sends is not settled: both have been reported
    /// (mqtt.md section 2.2).
    public enum DisabledAnswer: String, Sendable, CaseIterable {
        /// Return code 5, which SDKs take for bad credentials.
        case notAuthorized = "5"
        /// Return code 3, which the C SDK takes for a disabled device and others for something that passes.
        case serverUnavailable = "3"
    }

    /// What clients have left unacknowledged, for their next connection.
    public let sessions = MQTTSessions()
    public let disabledAnswer: DisabledAnswer

    public init(disabledAnswer: DisabledAnswer) { self.disabledAnswer = disabledAnswer }
}
