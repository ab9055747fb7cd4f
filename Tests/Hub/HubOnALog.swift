import Dispatch
import Journal
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Hub

/// How a hub is ended and begun again.
enum Restart: CaseIterable {
    /// Every record is read again, as far as no snapshot was made before.
    case replay
    /// A snapshot of everything, and nothing after it.
    case snapshot
}

/// A hub on a log in memory, with a clock that stands until it is moved.
final class HubOnALog {
    let limits: HubLimits
    let clock = Clock()
    private let log = LogWithSnapshots()
    private(set) var hub: Hub
    private var snapshots = 0

    init(_ limits: HubLimits = HubLimits()) throws {
        self.limits = limits
        hub = try Hub(log: log, limits: limits, environment: clock.environment)
    }

    deinit { hub.close() }

    static let origin = Origin(principal: "test", requestID: RequestID(high: 0, low: 0), transport: "test")

    @discardableResult
    func execute(_ command: Command) -> Outcome { hub.execute(command, origin: Self.origin) }

    /// From now on the log refuses every batch for this reason; nil lets it take them again.
    func refuseWrites(_ failure: LogFailure?) { log.failure.withLock { $0 = failure } }

    /// What the log holds, as a hub that begins on it reads it.
    func records() throws -> [LogRecord] {
        var records: [LogRecord] = []
        _ = try log.read(from: 1, limit: .max) {
            records.append($0)
            return true
        }
        return records
    }

    /// Ends the hub as a lost process would, but for what it still writes, and begins it on what the log holds.
    func restart(_ way: Restart = .replay) throws {
        if way == .snapshot {
            log.wantsSnapshot.withLock { $0 = true }
            // Any event will do: a snapshot is begun with the next batch.
            snapshots += 1
            make("one-more-\(snapshots)")
            log.wantsSnapshot.withLock { $0 = false }
        }
        hub.close()
        hub = try Hub(log: log, limits: limits, environment: clock.environment)
        #expect((hub.replay.snapshotLines > 0) == (snapshots > 0))
    }

    /// Everything as it stands now.
    func moment() -> HubMoment {
        let moment = Mutex<HubMoment?>(nil)
        let isThere = DispatchSemaphore(value: 0)
        hub.moment { captured in
            moment.withLock { $0 = captured }
            isThere.signal()
        }
        isThere.wait()
        return moment.withLock { $0 } ?? HubMoment([], number: 0)
    }

    /// Until every twin follows the configurations.
    func waitForConfigurations() {
        #expect(comesToHold { hub.configurationsAreSettled })
    }

    // MARK: Commands that must succeed

    @discardableResult
    func make(_ device: String) -> TwinID {
        let id = TwinID(trusted: device)
        guard case .entity = execute(.putIdentity(id, IdentityDraft(), .none)) else {
            Issue.record("\(id) was not made")
            return id
        }
        return id
    }

    func connect(_ id: TwinID, keepsSession: Bool = true, model: String? = nil) throws -> Link {
        let opening = LinkOpening(keepsSession: keepsSession, modelID: model)
        guard case .link(let link) = execute(.openLink(id, opening)) else { throw Unexpected() }
        return link
    }

    @discardableResult
    func send(
        _ text: String, to id: TwinID, _ acknowledgement: CloudMessage.Acknowledgement = .none, seconds: Double? = nil
    ) throws -> UInt64 {
        var content = MessageContent(body: Array(text.utf8))
        content.set(.messageID, text)
        let expiry = seconds.map { clock.now.adding(seconds: $0) }
        let draft = MessageDraft(content: content, acknowledgement: acknowledgement, expiry: expiry)
        guard case .entity(let entity) = execute(.enqueueMessage(id, draft)), let last = entity.messages.messages.last
        else { throw Unexpected() }
        return last.sequence
    }

    func lock(_ id: TwinID, seconds: Int = 60) throws -> CloudMessage? {
        guard case .message(let message) = execute(.lockMessage(id, seconds: seconds)) else { throw Unexpected() }
        return message
    }

    func settle(_ id: TwinID, _ key: MessageKey, _ settlement: MessageSettlement) -> HubError? {
        refusal(of: .settleMessage(id, key, settlement))
    }

    func refusal(of command: Command) -> HubError? {
        if case .refused(let error) = execute(command) { error } else { nil }
    }

    func entity(_ id: TwinID) throws -> Entity { try #require(hub.entity(id)) }

    /// What waits for the device, as text.
    func texts(_ id: TwinID) throws -> [String] {
        try entity(id).messages.messages.map { String(decoding: $0.content.body, as: UTF8.self) }
    }

    /// Everything that is there, taken and done with: `message: statusCode`.
    func takeFeedback() throws -> [String] {
        var records: [String] = []
        while case .feedback(let batch?) = execute(.lockFeedback(seconds: 60)) {
            records += batch.records.map { "\($0.originalMessageID ?? "-"): \($0.fate.statusCode)" }
            if let refusal = refusal(of: .settleFeedback(lock: batch.lock.token, isDone: true)) { throw refusal }
        }
        return records
    }

    struct Unexpected: Error {}
}

/// A log in memory that asks for a snapshot, and refuses batches, when it is told to.
private final class LogWithSnapshots: EventLog {
    private let log = MemoryLog()
    let wantsSnapshot = Mutex(false)
    let failure = Mutex<LogFailure?>(nil)

    var snapshotDue: Bool { wantsSnapshot.withLock { $0 } }

    func makeBatch() -> LogBatch { log.makeBatch() }
    func replay(_ visitor: some LogVisitor) throws(LogFailure) -> ReplayReport { try log.replay(visitor) }
    func append(_ batch: LogBatch) throws(LogFailure) {
        if let failure = failure.withLock({ $0 }) { throw failure }
        try log.append(batch)
    }
    func read(from sequence: UInt64, limit: Int, _ visit: (LogRecord) -> Bool) throws(LogFailure) -> UInt64 {
        try log.read(from: sequence, limit: limit, visit)
    }
    var oldestSequence: UInt64 { log.oldestSequence }
    var lastSequence: UInt64 { log.lastSequence }
    func beginSnapshot(covering sequence: UInt64, at time: Timestamp) throws(LogFailure) -> any SnapshotWriter {
        try log.beginSnapshot(covering: sequence, at: time)
    }
    func forget(before time: Timestamp) { log.forget(before: time) }
    var health: LogHealth { log.health }
    func close() throws(LogFailure) { log.close() }
}
