import Dispatch
import Journal
import Synchronization
import Vocabulary

/// Writes snapshots beside the writer, one at a time.
final class Snapshotter: Sendable {
    private let log: any EventLog
    private let queue = DispatchQueue(label: "twinhub.snapshot", qos: .utility)
    private let isBusy = Mutex(false)
    /// Why the last attempt failed; nil where it did not.
    let failure = Mutex<String?>(nil)

    init(log: any EventLog) { self.log = log }

    /// Begins one unless the last is still being written; the log goes on saying that one is due. Answers
    /// whether it began.
    @discardableResult
    func begin(_ snapshot: @autoclosure () -> Snapshot, at time: Timestamp) -> Bool {
        let mayBegin = isBusy.withLock { busy in
            defer { busy = true }
            return !busy
        }
        guard mayBegin else { return false }
        let captured = snapshot()
        queue.async { [self] in
            defer { isBusy.withLock { $0 = false } }
            do throws(LogFailure) {
                let writer = try log.beginSnapshot(covering: captured.sequence, at: time)
                try captured.writeLines { (line) throws(LogFailure) in try writer.append(line) }
                try writer.commit()
                failure.withLock { $0 = nil }
            } catch {
                // The log stands without it: starts take longer until the next one succeeds.
                failure.withLock { $0 = error.description }
            }
        }
        return true
    }

    /// Waits for the one at hand.
    func finish() { queue.sync {} }
}
