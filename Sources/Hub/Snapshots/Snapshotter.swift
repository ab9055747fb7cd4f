import Dispatch
import Journal
import Synchronization

/// Writes snapshots beside the writer, one at a time.
final class Snapshotter: Sendable {
    private let log: any EventLog
    private let queue = DispatchQueue(label: "twinhub.snapshot", qos: .utility)
    private let isBusy = Mutex(false)

    init(log: any EventLog) { self.log = log }

    /// Begins one unless the last is still being written; the log goes on saying that one is due.
    func begin(_ snapshot: @autoclosure () -> Snapshot) {
        let mayBegin = isBusy.withLock { busy in
            defer { busy = true }
            return !busy
        }
        guard mayBegin else { return }
        let captured = snapshot()
        queue.async { [self] in
            defer { isBusy.withLock { $0 = false } }
            log.writeSnapshot(covering: captured.sequence) { write in try captured.writeLines(write) }
        }
    }

    /// Waits for the one at hand.
    func finish() { queue.sync {} }
}
