import Synchronization
import Vocabulary

/// A clock that stands until it is moved.
public final class Clock: Sendable {
    private let time = Mutex(Timestamp(unixSeconds: 1_800_000_000))

    public init() {}

    public var now: Timestamp { time.withLock { $0 } }

    public func advance(seconds: Double) { time.withLock { $0 = $0.adding(seconds: seconds) } }

    public var environment: Environment {
        Environment(
            now: { [self] in now }, uptimeMilliseconds: Environment.system.uptimeMilliseconds,
            fillRandom: Environment.system.fillRandom)
    }
}
