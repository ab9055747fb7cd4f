import Dispatch
import Synchronization

/// What a test waits for instead of sleeping. The limit is no expectation, only an end for a test that hangs.
final class Signal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func fire() { semaphore.signal() }

    /// False when it was not fired often enough.
    func wait(times: Int = 1) -> Bool {
        for _ in 0..<times where semaphore.wait(timeout: .now() + .seconds(60)) != .success { return false }
        return true
    }
}

/// A value that handlers write and tests read.
final class Box<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    func update(_ change: (inout Value) -> Void) {
        state.withLock { value in
            var changed = value
            change(&changed)
            value = changed
        }
    }
}
