import Vocabulary

/// How often something happened in the last so many seconds, in memory that does not grow: the window is cut into
/// ``parts``, and what happened leaves it a part at a time.
struct CountedWindow: Sendable {
    private let partSeconds: Double
    private let start: Timestamp
    private var counts = [Int](repeating: 0, count: Self.parts)
    /// The number of the newest part since the start.
    private var newest: Int64 = 0

    static let parts = 30

    init(seconds: Double, from start: Timestamp) {
        partSeconds = seconds / Double(Self.parts)
        self.start = start
    }

    mutating func add(_ count: Int, at now: Timestamp) {
        advance(to: now)
        let place = Int(newest % Int64(Self.parts))
        let (sum, isTooMuch) = counts[place].addingReportingOverflow(count)
        counts[place] = isTooMuch ? .max : sum
    }

    mutating func total(at now: Timestamp) -> Int {
        advance(to: now)
        return counts.reduce(0) { sum, count in
            let (total, isTooMuch) = sum.addingReportingOverflow(count)
            return isTooMuch ? .max : total
        }
    }

    /// Whether a whole window has passed since the start, before which a count may be low for want of time.
    mutating func isWhole(at now: Timestamp) -> Bool {
        advance(to: now)
        return newest >= Int64(Self.parts)
    }

    private mutating func advance(to now: Timestamp) {
        let seconds = Double(now.ticks - start.ticks) / Double(Timestamp.ticksPerSecond)
        let part = Int64(max(seconds / partSeconds, 0))
        guard part > newest else { return }
        // Parts between the two were empty, and no more than all of them are forgotten.
        for step in 1...min(part - newest, Int64(Self.parts)) {
            counts[Int((newest + step) % Int64(Self.parts))] = 0
        }
        newest = part
    }
}
