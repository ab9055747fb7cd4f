/// What is left of a rate: it holds as many as one window brings, and fills evenly.
struct ThrottleBucket {
    /// Counted in parts of one, a window's worth of milliseconds each, so that what a millisecond brings is whole.
    private var level: Int
    private var filled: UInt64
    private let rate: ThrottleRate
    private(set) var refused = 0

    init(_ rate: ThrottleRate, at now: UInt64) {
        self.rate = rate
        level = rate.count * rate.milliseconds
        filled = now
    }

    /// Elapsed milliseconds that count at most, which fill what is owed as well.
    private static let longestElapsed: UInt64 = 3_600_000

    /// Whether there is enough, which then is gone. What is more than a full bucket holds is let through by one that is full but
    /// for one, and owed: no waiting would ever be enough for it otherwise.
    mutating func take(_ count: Int, at now: UInt64) -> Bool {
        fill(at: now)
        let cost = count * rate.milliseconds
        guard level >= min(cost, max(1, rate.count - 1) * rate.milliseconds) else {
            refused += 1
            return false
        }
        level -= cost
        return true
    }

    /// Takes as many as there are, up to so many: for what waits for its turn and is not refused.
    mutating func take(upTo count: Int, at now: UInt64) -> Int {
        fill(at: now)
        let taken = max(0, min(count, level / rate.milliseconds))
        level -= taken * rate.milliseconds
        return taken
    }

    private mutating func fill(at now: UInt64) {
        guard now > filled else { return }
        let elapsed = Int(min(now - filled, Self.longestElapsed))
        level = min(rate.count * rate.milliseconds, level + elapsed * rate.count)
        filled = now
    }

    /// What was taken for a request that is refused after all.
    mutating func giveBack(_ count: Int) { level += count * rate.milliseconds }
}
