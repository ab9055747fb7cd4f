import JSON
import Journal
import Vocabulary

/// Every event in order, for readers who follow the hub: the newest in memory, older ones from the log.
typealias ChangeFeed = LogFeed<RecordedEvent>

/// An answer of the change feed.
public typealias FeedPage = LogPage<RecordedEvent>

extension RecordedEvent: LogEntry {
    /// Bytes of entries after which a page of the feed ends.
    static let pageBytes = 2 << 20

    static func footprint(of event: Event) -> Int {
        switch event {
        case .twinPatched(_, _, let effect), .twinReplaced(_, _, let effect), .twinReported(_, _, let effect):
            effect.before.count + effect.after.count + overhead
        default: overhead
        }
    }

    private static let overhead = 512

    public convenience init(_ record: LogRecord) throws {
        let document = try JSONDocument(parsing: record.event.array)
        try self.init(sequence: record.sequence, time: record.time, kind: record.kind, body: document.root)
    }
}
