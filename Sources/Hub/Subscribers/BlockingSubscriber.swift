import Dispatch
import Synchronization
import Vocabulary

/// Waits for the outcome of one command.
final class BlockingSubscriber: HubSubscriber {
    private let outcome = Mutex<Outcome?>(nil)
    private let arrived = DispatchSemaphore(value: 0)

    func deliver(_ delivery: Delivery) {
        guard let first = delivery.outcomes.first else { return }
        outcome.withLock { $0 = first.outcome }
        arrived.signal()
    }

    func wait() -> Outcome {
        arrived.wait()
        return outcome.withLock { $0 } ?? .refused(HubError(.serverError, "no outcome"))
    }
}
