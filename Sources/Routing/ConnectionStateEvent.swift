import Events
import Hub
import JSON
import Vocabulary

/// The event that tells back ends of a device's coming or going (twins.md section 11).
public enum ConnectionStateEvent {
    /// - Parameter number: larger for each later event of the same device; the sequence of the hub's record is.
    public static func make(
        of id: TwinID, isConnected: Bool, number: UInt64, at time: Timestamp, correlation: String
    ) -> HubNotification {
        HubNotification(
            .deviceConnectionStateEvents, schema: "deviceConnectionStateNotification",
            operation: isConnected ? "deviceConnected" : "deviceDisconnected", of: id, at: time,
            correlation: correlation, hub: HubName.name, body: body(number))
    }

    /// `{"sequenceNumber":"<64 hexadecimal digits>"}`, which readers compare as text.
    private static func body(_ number: UInt64) -> [UInt8] {
        let digits = String(number, radix: 16, uppercase: true)
        var json = JSONWriter()
        json.beginObject()
        json.key("sequenceNumber")
        json.value(String(repeating: "0", count: 64 - digits.count) + digits)
        json.endObject()
        return json.bytes
    }
}
