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
}
