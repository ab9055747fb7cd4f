/// Every bound on what a packet, a session and a connection may be and how long they may take.
public struct MQTTLimits: Sendable {
    /// Bytes of a message's body, which IoT Hub bounds at 256 KB (mqtt.md section 5.7); with the property bag it is the
    /// hub that measures.
    public static let messageBytes = 256 << 10
    /// Bytes of a text or binary field, whose length has 16 bits (MQTT 3.1.1 section 1.5.3).
    public static let fieldBytes = 65_535

    /// Bytes behind the fixed header: the longest body, the longest topic and what stands around them. More closes.
    public var packetBytes = MQTTLimits.messageBytes + MQTTLimits.fieldBytes + 64
    /// As above before a CONNECT has been accepted: names, a token, and a Will with its body.
    public var connectBytes = 192 << 10
    /// Filters that one session holds; one more is refused in the SUBACK. The service's documentation promises 5.
    public var subscriptions = 64
    /// QoS 1 messages sent to one client that it has not acknowledged yet.
    public var inFlight = 32
    /// Messages that wait for a place among those in flight.
    public var queued = 50
    /// QoS 1 messages of one client that the hub has not acknowledged yet; then its packets wait.
    public var unacknowledged = 256
    /// For a CONNECT to arrive whole, from the connection's beginning (mqtt.md section 1).
    public var connectMilliseconds = 30_000
    /// The longest silence of a client, whatever keep-alive it asked for (mqtt.md section 2.3).
    public var silenceMilliseconds = 1_767_000

    public init() {}

    /// The limits of a server that nobody has configured.
    public static let standard = MQTTLimits()
}
