import Dispatch
import Synchronization
import Testing

@testable import Journal

@Suite struct LogFeedTests {
    struct Entry: LogEntry, Hashable {
        var sequence: UInt64
        var footprint = 10

        init(_ sequence: UInt64) { self.sequence = sequence }
        init(_ record: LogRecord) throws { sequence = record.sequence }
    }

    private func feed(entries: Int, bytes: Int = .max, pageBytes: Int = .max) throws -> LogFeed<Entry> {
        let log = MemoryLog()
        _ = try log.replayed()
        let feed = LogFeed<Entry>(of: log, entries: entries, bytes: bytes, pageBytes: pageBytes)
        for number in 1...20 {
            try log.append(["{\"n\":\(number)}"])
            feed.append([Entry(UInt64(number))])
        }
        return feed
    }

    private func sequences(_ page: LogPage<Entry>) -> [UInt64]? {
        if case .events(let entries) = page { return entries.map(\.sequence) }
        return nil
    }

    private func read(_ feed: LogFeed<Entry>, after sequence: UInt64, limit: Int) -> [UInt64]? {
        let found = Mutex<[UInt64]?>(nil)
        let done = DispatchSemaphore(value: 0)
        feed.read(after: sequence, limit: limit) { page in
            if case .events(let entries) = page { found.withLock { $0 = entries.map(\.sequence) } }
            done.signal()
        }
        done.wait()
        return found.withLock { $0 }
    }

    @Test(arguments: [(entries: 5, bytes: Int.max), (entries: 100, bytes: 59)])
    func `The newest are in memory within either bound, and the rest in the log`(_ bound: (entries: Int, bytes: Int))
        throws
    {
        let feed = try feed(entries: bound.entries, bytes: bound.bytes)
        #expect(sequences(feed.recent(after: 15, limit: 100)) == [16, 17, 18, 19, 20])
        #expect(sequences(feed.recent(after: 17, limit: 2)) == [18, 19])
        #expect(sequences(feed.recent(after: 20, limit: 100)) == [])
        #expect(sequences(feed.recent(after: 14, limit: 100)) == nil)
        #expect(read(feed, after: 3, limit: 4) == [4, 5, 6, 7])
        #expect(read(feed, after: 16, limit: 100) == [17, 18, 19, 20])
    }

    @Test func `A page ends when it is large, wherever it comes from`() throws {
        let feed = try feed(entries: 10, pageBytes: 25)
        #expect(sequences(feed.recent(after: 12, limit: 100)) == [13, 14, 15])
        #expect(read(feed, after: 2, limit: 100) == [3, 4, 5])
    }
}
