import Vocabulary

/// What a back end reads of one thing that happened: a device's message, or what the hub itself tells of a device.
public struct DeviceEvent: Sendable {
    /// When the hub had it, by the hub's own clock.
    public var enqueuedTime: Timestamp
    public var source: EventSource
    public var deviceID: String
    public var moduleID: String?
    /// The protocol by which a device has sent it, where that is not MQTT: `http`.
    public var transport: String?
    /// What the hub says and what the protocol names: `iothub-…`, `content-type`, `message-id`, … (amqp.md section 5.4).
    public var systemProperties: EventProperties
    /// What the sender says.
    public var properties: EventProperties
    /// As it came; whether it is JSON its system properties say.
    public var body: [UInt8]
    /// Where it goes; nil where nobody has declared routes, and then it goes to the built-in endpoint.
    public var routing: EventRouting?
    /// Whether the body is JSON that the hub has written, which nobody need read to know it.
    public var isOwnJSON = false

    public init(
        enqueuedTime: Timestamp, source: EventSource, deviceID: String, moduleID: String? = nil,
        systemProperties: EventProperties = [:], properties: EventProperties = [:], body: [UInt8] = []
    ) {
        self.enqueuedTime = enqueuedTime
        self.source = source
        self.deviceID = deviceID
        self.moduleID = moduleID
        self.systemProperties = systemProperties
        self.properties = properties
        self.body = body
    }
}
