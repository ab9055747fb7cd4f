import DequeModule
import Dispatch
import Synchronization

/// Something with its place in an order that readers follow.
public protocol Numbered: Sendable {
    var sequence: UInt64 { get }
}

/// One record of a log as those who follow the log are shown it.
public protocol LogEntry: Numbered {
    /// About how many bytes of memory it takes, for feeds that are bounded by that.
    var footprint: Int { get }
    /// Reads a record back. Throws where it is not what this version writes.
    init(_ record: LogRecord) throws
}

extension LogEntry {
    public var footprint: Int { 0 }
}

/// A log's records in order, for readers who follow it: the newest in memory, older ones from the log.
///
/// What every batch does is inlinable, so that the rooms above make it for their own kind of entry.
public final class LogFeed<Entry: LogEntry>: Sendable {
    @usableFromInline
    struct Recent {
        @usableFromInline var entries = Deque<Entry>()
        @usableFromInline var bytes = 0
    }

    @usableFromInline let entryLimit: Int
    @usableFromInline let byteLimit: Int
    @usableFromInline let pageBytes: Int
    private let log: any EventLog
    /// Reads of old records may unpack whole segments; they keep no shard waiting.
    private let historyQueue = DispatchQueue(label: "twinhub.history", qos: .utility)
    @usableFromInline let recent = Mutex(Recent())

    /// Keeps at most so many entries, and so many bytes of them, in memory. A page ends with the entry that brings it to
    /// `pageBytes`.
    public init(of log: any EventLog, entries: Int, bytes: Int = .max, pageBytes: Int = .max) {
        self.log = log
        entryLimit = entries
        byteLimit = bytes
        self.pageBytes = pageBytes
    }

    /// Takes entries in whose records are in the log. They continue what was taken in before.
    @inlinable
    public func append(_ entries: [Entry]) {
        recent.withLock { recent in
            recent.entries.append(contentsOf: entries)
            for entry in entries { recent.bytes += entry.footprint }
            while recent.entries.count > entryLimit || recent.bytes > byteLimit,
                let oldest = recent.entries.popFirst()
            {
                recent.bytes -= oldest.footprint
            }
        }
    }

    /// Answers `.notInMemory` where the entries right after `sequence` are no longer kept here.
    @inlinable
    public func recent(after sequence: UInt64, limit: Int) -> LogPage<Entry> {
        recent.withLock { recent in
            guard let newest = recent.entries.last?.sequence, let oldest = recent.entries.first?.sequence else {
                return .notInMemory
            }
            if sequence >= newest { return .events([]) }
            guard sequence + 1 >= oldest else { return .notInMemory }
            var page: [Entry] = []
            var bytes = 0
            // By index: slices of slices of a generic deque cost more than what is done with the entries.
            var next = Int(sequence + 1 - oldest)
            page.reserveCapacity(min(limit, recent.entries.count - next))
            while next < recent.entries.count, page.count < limit, bytes < pageBytes {
                let entry = recent.entries[next]
                page.append(entry)
                bytes += entry.footprint
                next += 1
            }
            return .events(page)
        }
    }

    /// As above, from the log where memory does not reach back. Answers on a queue of the feed's own.
    public func read(after sequence: UInt64, limit: Int, then answer: @escaping @Sendable (LogPage<Entry>) -> Void) {
        historyQueue.async { [self] in
            if case .events(let entries) = recent(after: sequence, limit: limit) { return answer(.events(entries)) }
            var entries: [Entry] = []
            var bytes = 0
            var unreadable: String?
            do throws(LogFailure) {
                _ = try log.read(from: sequence + 1, limit: limit) { record in
                    do {
                        let entry = try Entry(record)
                        bytes += entry.footprint
                        entries.append(entry)
                        return bytes < pageBytes
                    } catch {
                        unreadable = "record \(record.sequence): \(error)"
                        return false
                    }
                }
                answer(unreadable.map(LogPage.unreadable) ?? .events(entries))
            } catch {
                if case .compacted(let oldest) = error { return answer(.compactedAway(oldest: oldest)) }
                answer(.unreadable(error.description))
            }
        }
    }
}
