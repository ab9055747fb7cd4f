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

    /// Whether there is enough, which then is gone.
    mutating func take(_ count: Int, at now: UInt64) -> Bool {
        if now > filled {
            let elapsed = Int(min(now - filled, UInt64(rate.milliseconds)))
            level = min(rate.count * rate.milliseconds, level + elapsed * rate.count)
            filled = now
        }
        let cost = count * rate.milliseconds
        guard level >= cost else {
            refused += 1
            return false
        }
        level -= cost
        return true
    }
}
