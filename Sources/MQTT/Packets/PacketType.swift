/// The upper four bits of a packet's first byte (MQTT 3.1.1 section 2.2.1).
enum PacketType: UInt8 {
    case connect = 1, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe, unsuback
    case pingreq, pingresp, disconnect

    /// The first byte of a packet of this type; a PUBLISH adds its own flags (section 2.2.2).
    var firstByte: UInt8 {
        switch self {
        case .pubrel, .subscribe, .unsubscribe: rawValue << 4 | 2
        default: rawValue << 4
        }
    }
}
