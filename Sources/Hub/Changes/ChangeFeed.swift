import DequeModule
import Dispatch
import JSON
import Journal
import Synchronization
import Vocabulary

/// Every event in order, for readers who follow the hub: the newest in memory, older ones from the log.
final class ChangeFeed: Sendable {
    private let limit: Int
    private let log: any EventLog
    /// Reads of old events may unpack whole segments; they keep no shard waiting.
    private let historyQueue = DispatchQueue(label: "twinhub.history", qos: .utility)
    private let recent = Mutex(Deque<RecordedEvent>())

    init(limit: Int, log: any EventLog) {
        self.limit = limit
        self.log = log
    }

    func append(_ events: [RecordedEvent]) {
        recent.withLock { recent in
            recent.append(contentsOf: events)
            if recent.count > limit { recent.removeFirst(recent.count - limit) }
        }
    }

    /// Answers `.notInMemory` where the events right after `sequence` are no longer kept here.
    func recent(after sequence: UInt64, limit: Int) -> FeedPage {
        recent.withLock { recent in
            guard let newest = recent.last?.sequence, let oldest = recent.first?.sequence else { return .notInMemory }
            if sequence >= newest { return .events([]) }
            guard sequence + 1 >= oldest else { return .notInMemory }
            return .events(Array(recent.dropFirst(Int(sequence + 1 - oldest)).prefix(limit)))
        }
    }

    func read(after sequence: UInt64, limit: Int, then answer: @escaping @Sendable (FeedPage) -> Void) {
        historyQueue.async { [self] in
            if case .events(let events) = recent(after: sequence, limit: limit) { return answer(.events(events)) }
            var events: [RecordedEvent] = []
            var unreadable: String?
            do {
                _ = try log.read(from: sequence + 1, limit: limit) { record in
                    do {
                        events.append(try RecordedEvent(record))
                        return true
                    } catch {
                        unreadable = "record \(record.sequence): \(error)"
                        return false
                    }
                }
                answer(unreadable.map(FeedPage.unreadable) ?? .events(events))
            } catch .compacted(let oldest) {
                answer(.compactedAway(oldest: oldest))
            } catch {
                answer(.unreadable(error.description))
            }
        }
    }
}

/// An answer of the change feed.
public enum FeedPage: Sendable {
    /// Consecutive events, oldest first; empty where there is nothing newer.
    case events([RecordedEvent])
    /// Ask the log.
    case notInMemory
    /// The log no longer holds what was asked for.
    case compactedAway(oldest: UInt64)
    /// The log could not be read; the reason.
    case unreadable(String)
}

extension RecordedEvent {
    init(_ record: LogRecord) throws {
        let document = try JSONDocument(parsing: record.event.array)
        try self.init(sequence: record.sequence, time: record.time, kind: record.kind, body: document.root)
    }
}
