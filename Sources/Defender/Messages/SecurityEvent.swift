/// One event of a security message, as its agent wrote it: what is absent or of another type is nil, and the lint says
/// so. Payload items are places in the message's body, which is never written anew.
public struct SecurityEvent: Hashable, Sendable {
    public let id: String?
    public let timestampLocal: String?
    public let timestampUTC: String?
    public let category: String?
    public let name: String?
    public let type: String?
    public let payload: [Range<Int>]

    /// Whether it shows how something stands and not what has happened. An RTOS agent has no word for it: its collectors of these
    /// names take snapshots (defender.md section 5.6).
    public var isSnapshot: Bool {
        guard let category else { return name.map(Self.microSnapshots.contains) ?? false }
        return category == "Periodic"
    }

    private static let microSnapshots: Set<String> = ["SystemInformation", "ListeningPorts", "Baseline"]
}
