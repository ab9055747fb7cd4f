/// How often something may happen within a second, by a clock that its user reads.
struct RateBound {
    let limit: Int
    private var second: UInt64 = 0
    private var count = 0

    init(_ limit: Int) { self.limit = limit }

    /// Counts one; false where that was one too many.
    mutating func take(at milliseconds: UInt64) -> Bool {
        let now = milliseconds / 1000
        if now != second {
            second = now
            count = 0
        }
        count += 1
        return count <= limit
    }
}
