/// How surely a message arrives (MQTT 3.1.1 section 4.3).
public enum QoS: UInt8, Sendable, Comparable {
    case atMostOnce, atLeastOnce
    /// In the codec only: IoT Hub closes on it in a PUBLISH and grants ``atLeastOnce`` in its place.
    case exactlyOnce

    public static func < (left: QoS, right: QoS) -> Bool { left.rawValue < right.rawValue }
}
