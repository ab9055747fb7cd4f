import Dispatch
import Synchronization

/// Waits for what another queue calls back with. For queues that may wait, never for a shard.
public final class Awaited<Value: Sendable>: Sendable {
    private let result = Mutex<Value?>(nil)
    private let arrived = DispatchSemaphore(value: 0)

    /// - Parameter begin: is given what is to be called once, with the value.
    public init(_ begin: (@escaping @Sendable (Value) -> Void) -> Void) {
        begin { value in
            self.result.withLock { $0 = value }
            self.arrived.signal()
        }
        arrived.wait()
    }

    public var value: Value { result.withLock { $0! } }
}
