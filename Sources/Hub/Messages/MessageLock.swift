import Vocabulary

/// A receiver's hold on a message, or on a batch of feedback.
public struct MessageLock: Hashable, Sendable {
    /// A UUID, which the receiver names to settle the message.
    public let token: String
    public let until: Timestamp
}
