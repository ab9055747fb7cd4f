extension PacketReader {
    /// MQTT 3.1.1 section 3.1, in the order in which a server has to judge it: who speaks another protocol is told so
    /// before the rest is looked at, which has another form there.
    func connect(_ fields: inout FieldCursor) throws(MQTTFailure) -> ConnectPacket {
        guard try fields.binary().elementsEqual("MQTT".utf8) else { throw .protocolName }
        guard try fields.byte() == 4 else { throw .protocolLevel }
        let flags = ConnectFlags(rawValue: try fields.byte())
        try flags.check()
        let keepAlive = try fields.number()
        let clientID = try fields.text()
        var packet = ConnectPacket(clientID: clientID, isClean: flags.contains(.cleanSession), keepAlive: keepAlive)
        if flags.contains(.will) {
            let topic = try fields.topic()
            packet.will = PublishPacket(
                topic: topic, payload: try fields.binary(), qos: flags.willQoS,
                isRetained: flags.contains(.willRetain))
        }
        if flags.contains(.userName) { packet.userName = try fields.text() }
        if flags.contains(.password) { packet.password = try fields.binary() }
        try fields.end()
        return packet
    }
}

/// The connect flags (section 3.1.2.3).
struct ConnectFlags: OptionSet {
    let rawValue: UInt8
    static let reserved = ConnectFlags(rawValue: 1)
    static let cleanSession = ConnectFlags(rawValue: 1 << 1)
    static let will = ConnectFlags(rawValue: 1 << 2)
    static let willQoSBits = ConnectFlags(rawValue: 3 << 3)
    static let willRetain = ConnectFlags(rawValue: 1 << 5)
    static let password = ConnectFlags(rawValue: 1 << 6)
    static let userName = ConnectFlags(rawValue: 1 << 7)

    /// QoS 3 has been refused before anyone asks.
    var willQoS: QoS { QoS(rawValue: rawValue >> 3 & 3) ?? .exactlyOnce }

    func check() throws(MQTTFailure) {
        guard !contains(.reserved) else { throw .connectFlagReserved }
        if contains(.will) {
            guard !contains(.willQoSBits) else { throw .willFlags }
        } else {
            guard isDisjoint(with: [.willQoSBits, .willRetain]) else { throw .willFlags }
        }
        guard contains(.userName) || !contains(.password) else { throw .passwordWithoutUserName }
    }
}
