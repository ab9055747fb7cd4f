/// What a client can be sent, each by a filter of its own (mqtt.md section 3.3).
public struct Feeds: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Cloud-to-device messages.
    public static let commands = Feeds(rawValue: 1)
    /// Messages to a module's inputs.
    public static let inputs = Feeds(rawValue: 1 << 1)
    /// Direct methods.
    public static let methods = Feeds(rawValue: 1 << 2)
    /// Answers to twin reads and reported patches.
    public static let twinResponses = Feeds(rawValue: 1 << 3)
    /// Changes of desired properties.
    public static let desiredPatches = Feeds(rawValue: 1 << 4)
}
