import Synchronization

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
