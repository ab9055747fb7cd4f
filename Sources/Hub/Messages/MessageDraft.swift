import Vocabulary

/// A message that somebody asks the hub to deliver.
public struct MessageDraft: Sendable {
    public var content: MessageContent
    public var acknowledgement: CloudMessage.Acknowledgement
    /// Nil is the hub's own time to live from now.
    public var expiry: Timestamp?

    public init(
        content: MessageContent, acknowledgement: CloudMessage.Acknowledgement = .none, expiry: Timestamp? = nil
    ) {
        self.content = content
        self.acknowledgement = acknowledgement
        self.expiry = expiry
    }
}
