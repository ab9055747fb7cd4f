import Dispatch
import Hub
import JSON
import Query
import Synchronization
import Vocabulary

/// Runs queries, one after the other on a queue of its own, and keeps what is left of their results for further pages.
///
/// A query sees the hub as it stood when its first page was made, however long its reader takes for the others. What is kept
/// is bounded: where it is too much, or too old, the reader whose turn was longest ago has to ask again.
public final class QueryDesk: Sendable {
    /// Queries that may wait for their turn; more are answered 503.
    static let waitingQueries = 256
    /// Results that are kept, and rows of all of them together.
    static let keptResults = 256
    static let keptRows = 1_000_000
    /// How long a result can be read on after its last page was read, and indexes are kept after the last query, in seconds.
    static let keptSeconds = 600.0

    private struct State {
        var results: [UInt64: Kept] = [:]
        var rows = 0
        var waiting = 0
        /// When indexes, or results, were used last.
        var used = DispatchTime.distantFuture
        /// Whether somebody will look whether they still are.
        var isWatched = false

        /// What was used last before then; whoever lets go of it frees many twins.
        mutating func takeResults(before time: Timestamp) -> [Kept] {
            let old = results.filter { $0.value.used < time }
            for number in old.keys { forget(number) }
            return Array(old.values)
        }

        mutating func forget(_ number: UInt64) { rows -= results.removeValue(forKey: number)?.result.count ?? 0 }

        var isTooMuch: Bool { results.count > QueryDesk.keptResults || rows > QueryDesk.keptRows }
    }

    private struct Kept {
        var result: QueryResult
        var used: Timestamp
    }

    private let state = Mutex(State())
    /// Of the one hub that the desk is asked about. Used on `queue`, and by those who do not wait for the lock.
    private let indexes = Mutex(TwinIndexes())
    private let queue = DispatchQueue(label: "twinhub.query", qos: .userInitiated)
    private let environment: Environment
    /// Nil where queries see the hub as it is.
    private let lag: QueryLag?
    /// Keeps clients from making tokens of their own.
    private let secret: UInt64

    public init(environment: Environment, lag: QueryLag? = nil) {
        self.environment = environment
        self.lag = lag
        secret = environment.randomUInt64()
    }

    // MARK: Asking

    /// The first page of a query; answers on the desk's queue, or at once.
    func ask(
        _ query: TwinQuery, text: String, pageSize: Int, of hub: Hub,
        then answer: @escaping @Sendable (Result<QueryPage, HubError>) -> Void
    ) throws(HubError) {
        if let page = pageAtOnce(query, text: text, pageSize: pageSize, of: hub) { return answer(page) }
        try look(through: hub) { [self, hub] moment in
            guard query.collection != .jobs else {
                let result = QueryResult(of: query, in: hub.jobs)
                return answer(.success(page(of: result, kept: nil, from: 0, text, pageSize)))
            }
            answer(
                Result { () throws(HubError) in
                    let result = try QueryResult(of: query) { take in
                        indexes.withLock { _ = $0.find(query, in: moment, take) }
                    }
                    return page(of: result, kept: nil, from: 0, text, pageSize)
                })
            if query.access != nil { noteUse() }
        }
    }

    /// For a query that its index answers from a few twins, while nobody else asks for anything; nil for any other.
    private func pageAtOnce(
        _ query: TwinQuery, text: String, pageSize: Int, of hub: Hub
    ) -> Result<QueryPage, HubError>? {
        guard lag == nil, query.collection != .jobs, query.access != nil, state.withLock({ $0.waiting == 0 }),
            let moment = hub.momentAtOnce()
        else { return nil }
        let page = indexes.withLockIfAvailable { indexes -> Result<QueryPage, HubError>? in
            guard indexes.isQuick(query, in: moment) else { return nil }
            return Result { () throws(HubError) in
                let result = try QueryResult(of: query) { take in _ = indexes.find(query, in: moment, take) }
                return self.page(of: result, kept: nil, from: 0, text, pageSize)
            }
        }
        guard let page = page ?? nil else { return nil }
        noteUse()
        return page
    }

    /// Of what is kept.
    private func noteUse() {
        let isWatched = state.withLock { state in
            state.used = .now()
            defer { state.isWatched = true }
            return state.isWatched
        }
        if !isWatched { watch(from: .now()) }
    }

    /// Forgets what nobody has used for so long: it keeps twins as they were when a query last looked.
    private func watch(from time: DispatchTime) {
        queue.asyncAfter(deadline: time + Self.keptSeconds) { [self] in
            let now = environment.now()
            // Let go of behind the lock.
            let (used, _) = state.withLock { state in
                state.isWatched = state.used > time
                let latest = state.isWatched ? now.adding(seconds: -Self.keptSeconds) : .latest
                return (state.isWatched ? state.used : nil, state.takeResults(before: latest))
            }
            if let used { watch(from: used) } else { indexes.withLock { $0 = TwinIndexes() } }
        }
    }

    /// Runs a query of twins for how it is found.
    func explain(
        _ query: TwinQuery, of hub: Hub, then answer: @escaping @Sendable (QueryExplanation) -> Void
    ) throws(HubError) {
        try look(through: hub) { [self] moment in
            answer(
                indexes.withLock { indexes in
                    let readiness = query.access.map { indexes.readiness(of: $0) } ?? []
                    return QueryExplanation(indexes.find(query, in: moment, learning: false) { _, _ in }, readiness)
                })
        }
    }

    /// Lends everything to somebody who goes through all of it, on the desk's queue and as it stands when his turn comes.
    func look(
        through hub: Hub, _ body: @escaping @Sendable (HubMoment) -> Void
    ) throws(HubError) {
        let isTaken = state.withLock { state in
            guard state.waiting < Self.waitingQueries else { return false }
            state.waiting += 1
            return true
        }
        guard isTaken else { throw HubError(.serverBusy, "More than \(Self.waitingQueries) queries wait.") }
        queue.async { [self] in
            state.withLock { $0.waiting -= 1 }
            body(lag?.moment ?? hub.moment())
        }
    }

    /// A further page.
    ///
    /// - Throws: `ArgumentInvalid` where the token is not of this query and page size, or its result is not kept any more.
    func go(on token: String, text: String, pageSize: Int) throws(HubError) -> QueryPage {
        guard let place = ContinuationToken(token, secret: secret) else {
            throw HubError(.argumentInvalid, "The continuation token is none.")
        }
        guard place.query == Self.hash(text), place.pageSize == pageSize else {
            throw HubError(.argumentInvalid, "The continuation token is of another query or page size.")
        }
        let now = environment.now()
        let result = state.withLock { state -> QueryResult? in
            guard let kept = state.results[place.result], kept.used >= now.adding(seconds: -Self.keptSeconds) else {
                return nil
            }
            state.results[place.result]?.used = now
            return kept.result
        }
        guard let result else {
            throw HubError(.argumentInvalid, "The continuation token has expired: ask the query again.")
        }
        noteUse()
        return page(of: result, kept: place.result, from: place.offset, text, pageSize)
    }

    /// The first page of what has been found already.
    func show(_ result: QueryResult, text: String, pageSize: Int) -> QueryPage {
        page(of: result, kept: nil, from: 0, text, pageSize)
    }

    // MARK: Pages

    private func page(of result: QueryResult, kept: UInt64?, from start: Int, _ text: String, _ pageSize: Int)
        -> QueryPage
    {
        let end = min(start + pageSize, result.count)
        var token: ContinuationToken?
        if end < result.count {
            token = ContinuationToken(
                result: kept ?? keep(result), offset: end, query: Self.hash(text), pageSize: pageSize)
        }
        return QueryPage(
            body: result.page(start..<max(start, end)), itemType: result.itemType,
            continuation: token?.text(secret: secret))
    }

    private func keep(_ result: QueryResult) -> UInt64 {
        let (number, now) = (environment.randomUInt64(), environment.now())
        _ = state.withLock { state in
            let old = state.takeResults(before: now.adding(seconds: -Self.keptSeconds))
            state.results[number] = Kept(result: result, used: now)
            state.rows += result.count
            for (other, _) in state.results.sorted(by: { $0.value.used < $1.value.used }) where other != number {
                guard state.isTooMuch else { break }
                state.forget(other)
            }
            return old
        }
        noteUse()
        return number
    }

    /// Of the text as it stands: a query that is written differently is another one.
    private static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}

/// One page of a result.
struct QueryPage: Sendable {
    /// A JSON array.
    let body: [UInt8]
    let itemType: QueryResult.ItemType
    /// Nil on the last page.
    let continuation: String?
}
