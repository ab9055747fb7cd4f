import JSON
import Journal
import Vocabulary

/// Every event in order, for readers who follow the hub: the newest in memory, older ones from the log.
typealias ChangeFeed = LogFeed<RecordedEvent>

/// An answer of the change feed.
public typealias FeedPage = LogPage<RecordedEvent>

extension RecordedEvent: LogEntry {
    public init(_ record: LogRecord) throws {
        let document = try JSONDocument(parsing: record.event.array)
        try self.init(sequence: record.sequence, time: record.time, kind: record.kind, body: document.root)
    }
}
