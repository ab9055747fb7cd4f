/// How a receiver names a message that it has.
public enum MessageKey: Hashable, Sendable {
    /// By the lock that it was given with.
    case lock(String)
    /// By its place in the device's queue, as a link knows it that has sent it on.
    case sequence(UInt64)
}
