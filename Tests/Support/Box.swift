import Synchronization

/// A value that handlers write and tests read.
public final class Box<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    public init(_ value: Value) { state = Mutex(value) }

    public var value: Value { state.withLock { $0 } }

    public func update(_ change: (inout Value) -> Void) {
        state.withLock { value in
            var changed = value
            change(&changed)
            value = changed
        }
    }
}
