import JSON

/// A connection, once or, in an aggregated event, several times.
struct Connection {
    let remoteAddress: String
    let isOutbound: Bool
    let hits: Int

    init(classic item: JSONValue) {
        remoteAddress = item["RemoteAddress"]?.string ?? ""
        isOutbound = item["Direction"]?.string == "Out"
        let hits = item["ExtraDetails"]?["HitCount"]
        // A number from agent C, a text from agent C# (defender.md section 5.4).
        let count = hits?.int ?? hits?.string.flatMap { Int64($0) } ?? 1
        self.hits = Int(min(max(count, 1), Int64(Int32.max)))
    }

    private init(remoteAddress: String, isOutbound: Bool) {
        self.remoteAddress = remoteAddress
        self.isOutbound = isOutbound
        hits = 1
    }

    /// The RTOS agent tells no direction: what has sent bytes is taken for outbound.
    static func all(micro item: JSONValue) -> [Connection] {
        ["ipv4_activity", "ipv6_activity"].flatMap { list in
            (item[list]?.elements.map { $0 } ?? []).map { entry in
                Connection(
                    remoteAddress: text(entry["addresses"]?["remote_address"]),
                    isOutbound: (entry["common"]?["bytes_out"]?.counter ?? 0) > 0)
            }
        }
    }

    /// An address of one 32-bit number, or of four.
    private static func text(_ address: JSONValue?) -> String {
        guard let address else { return "" }
        if let number = address.counter { return octets(number).map { String($0) }.joined(separator: ".") }
        return address.elements.flatMap { word in
            let bytes = octets(word.counter ?? 0)
            return [bytes[0] << 8 | bytes[1], bytes[2] << 8 | bytes[3]].map { String($0, radix: 16) }
        }.joined(separator: ":")
    }

    private static func octets(_ number: UInt64) -> [UInt64] { [24, 16, 8, 0].map { number >> $0 & 0xFF } }
}
