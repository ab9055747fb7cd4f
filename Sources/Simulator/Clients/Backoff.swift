/// How long a client waits before it dials again: twice as long each time, up to a ceiling, and less by chance so that
/// clients that were cut together do not come back together.
public struct Backoff: Hashable, Sendable {
    /// The first wait at its longest, in milliseconds.
    public var first = 100
    /// The longest wait.
    public var ceiling = 4_000
    private var failures = 0

    public init(first: Int = 100, ceiling: Int = 4_000) {
        self.first = first
        self.ceiling = ceiling
    }

    /// The next wait in milliseconds: half of its length for certain, the rest by `chance`.
    public mutating func next(chance: UInt64) -> Int {
        let longest = min(max(first, 1) << min(failures, 16), max(ceiling, 1))
        failures += 1
        return longest / 2 + Int(chance % UInt64(longest - longest / 2 + 1))
    }

    /// The connection stands: the next loss is a new one.
    public mutating func reset() { failures = 0 }
}
