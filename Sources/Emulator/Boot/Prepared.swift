import Dispatch
import Synchronization

/// Something that takes its time to make, made beside the rest of the start.
final class Prepared<Value: Sendable>: Sendable {
    private let made = DispatchGroup()
    private let result = Mutex<Result<Value, StartFailure>?>(nil)

    init(_ make: @escaping @Sendable () throws(StartFailure) -> Value) {
        DispatchQueue.global(qos: .userInitiated).async(group: made) {
            let result = Result { () throws(StartFailure) in try make() }
            self.result.withLock { $0 = result }
        }
    }

    /// Waits until it is there. Nothing is served before it was waited for once, so that only a connection which comes while the
    /// server starts can keep its shard waiting.
    func value() throws(StartFailure) -> Value {
        made.wait()
        guard let result = result.withLock({ $0 }) else { preconditionFailure("waited for and not made") }
        return try result.get()
    }
}
