import Synchronization

/// A crash point and how often it is still passed by.
final class ArmedCrash: Sendable {
    private let point: CrashPoint
    private let left: Atomic<Int>

    /// Reads `name` or `name:count`; nil where the name is none of the points'.
    init?(_ setting: String) {
        let parts = setting.split(separator: ":", maxSplits: 1)
        guard let name = parts.first, let point = CrashPoint(rawValue: String(name)) else { return nil }
        self.point = point
        left = Atomic(parts.count == 2 ? Int(parts[1]) ?? 1 : 1)
    }

    /// Whether this is the passing that counts.
    func countdown(at reached: CrashPoint) -> Bool {
        reached == point && left.wrappingSubtract(1, ordering: .relaxed).newValue == 0
    }
}
