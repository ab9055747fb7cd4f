/// Gives out packet identifiers: never 0 [MQTT-2.3.1-1], and never one that is still in use [MQTT-2.3.1-2].
struct PacketIDs: Sendable {
    private var last: UInt16 = 0

    /// Fewer than 65,535 may be in use.
    mutating func next(isInUse: (UInt16) -> Bool) -> UInt16 {
        repeat {
            last &+= 1
        } while last == 0 || isInUse(last)
        return last
    }
}
