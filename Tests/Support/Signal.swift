import Dispatch

/// What a test waits for instead of sleeping. The limit is no expectation, only an end for a test that hangs.
public final class Signal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    public init() {}

    public func fire() { semaphore.signal() }

    /// False when it was not fired often enough.
    public func wait(times: Int = 1) -> Bool {
        for _ in 0..<times where semaphore.wait(timeout: .now() + .seconds(60)) != .success { return false }
        return true
    }
}
