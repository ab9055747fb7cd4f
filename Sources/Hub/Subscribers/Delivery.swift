import Vocabulary

/// What one batch means to one subscriber.
public struct Delivery: Sendable {
    /// Answers to its commands, by the tokens it gave.
    public var outcomes: [(token: UInt64, outcome: Outcome)] = []
    /// Watched entities that have changed; nil where one was deleted.
    public var changes: [(id: TwinID, entity: Entity?)] = []
    /// Every event of the batch, for subscribers of the feed.
    public var events: [RecordedEvent] = []

    var isEmpty: Bool { outcomes.isEmpty && changes.isEmpty && events.isEmpty }
}
