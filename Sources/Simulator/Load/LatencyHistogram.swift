/// Durations in classes that grow with them, 16 to each power of two: any number of durations in little memory, each
/// known to about 6 per cent.
public struct LatencyHistogram: Sendable {
    private static let classesEach = 16

    private var classes = [Int](repeating: 0, count: 64 * classesEach)
    public private(set) var count = 0
    public private(set) var longest: UInt64 = 0

    public init() {}

    public mutating func record(_ nanoseconds: UInt64) {
        classes[Self.index(nanoseconds)] += 1
        count += 1
        longest = max(longest, nanoseconds)
    }

    /// The duration that this share of all, 0 to 1, does not exceed; 0 where there are none.
    public func quantile(_ share: Double) -> UInt64 {
        let rank = max(Int((Double(count) * share).rounded(.up)), 1)
        var seen = 0
        for (index, number) in classes.enumerated() where number > 0 {
            seen += number
            if seen >= rank { return min(Self.highest(of: index), longest) }
        }
        return longest
    }

    public mutating func add(_ other: LatencyHistogram) {
        for index in classes.indices { classes[index] += other.classes[index] }
        count += other.count
        longest = max(longest, other.longest)
    }

    /// Below 32 each number is its own class; above, the highest five bits and their place are the class.
    private static func index(_ value: UInt64) -> Int {
        guard value >= 32 else { return Int(value) }
        let shift = 59 - value.leadingZeroBitCount
        return shift * classesEach + Int(value >> UInt64(shift))
    }

    private static func highest(of index: Int) -> UInt64 {
        guard index >= 32 else { return UInt64(index) }
        let shift = index / classesEach - 1
        let leading = UInt64(index - shift * classesEach)
        // The last class ends where the numbers do.
        return ((leading + 1) << UInt64(shift)) &- 1
    }
}
