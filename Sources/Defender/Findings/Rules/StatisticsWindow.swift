import Vocabulary

/// The message counts of the last 24 hours, by the hour in which they came.
struct StatisticsWindow: Sendable {
    private var hours: [Hour] = []

    private struct Hour {
        let number: Int64
        var sent: UInt64
        var under4KB: UInt64
    }

    /// Hours that are kept: those that a day touches.
    static let maximumHours = 25
    /// Ten in a hundred (defender.md section 6.2).
    private static let share: UInt64 = 10

    mutating func add(sent: UInt64, under4KB: UInt64, at now: Timestamp) {
        forget(before: now)
        let number = now.unixSeconds / 3600
        if hours.last?.number != number { hours.append(Hour(number: number, sent: 0, under4KB: 0)) }
        // Counts are an agent's own words and may be of any size.
        let last = hours.count - 1
        hours[last].sent = Self.sum(hours[last].sent, sent)
        hours[last].under4KB = Self.sum(hours[last].under4KB, under4KB)
    }

    /// The counts where small messages are too many; nil where they are not, or where none were sent.
    mutating func isUnutilized(at now: Timestamp) -> (sent: UInt64, under4KB: UInt64)? {
        forget(before: now)
        let sent = hours.reduce(0) { Self.sum($0, $1.sent) }
        let small = hours.reduce(0) { Self.sum($0, $1.under4KB) }
        guard sent > 0, small >= sent / 100 * Self.share + (sent % 100 * Self.share + 99) / 100 else { return nil }
        return (sent, small)
    }

    private mutating func forget(before now: Timestamp) {
        let oldest = now.unixSeconds / 3600 - Int64(Self.maximumHours) + 1
        hours.removeAll { $0.number < oldest }
    }

    private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, isTooMuch) = left.addingReportingOverflow(right)
        return isTooMuch ? .max : sum
    }
}
