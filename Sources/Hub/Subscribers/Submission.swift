import Vocabulary

/// A command on its way to the writer.
public struct Submission: Sendable {
    public let subscriber: SubscriberID
    /// The subscriber's own name for it.
    public let token: UInt64
    public let command: Command
    public let origin: Origin

    public init(subscriber: SubscriberID, token: UInt64, command: Command, origin: Origin) {
        self.subscriber = subscriber
        self.token = token
        self.command = command
        self.origin = origin
    }
}
