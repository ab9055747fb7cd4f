import Vocabulary

/// How much of the past is kept: `1GiB,7d`. Whole segments are dropped, so up to a segment more than that stays.
public struct EventRetention: Hashable, Sendable, CustomStringConvertible {
    /// Bytes on the disk.
    public var bytes: Int
    /// The age beyond which an event is dropped.
    public var seconds: Int

    public init(bytes: Int = 1 << 30, seconds: Int = 7 * 86_400) {
        self.bytes = bytes
        self.seconds = seconds
    }

    /// Bytes; less holds no segment.
    public static let smallest = 1 << 20

    private static let sizes: [(name: String, value: Int)] = [("GiB", 1 << 30), ("MiB", 1 << 20)]
    private static let times: [(name: String, value: Int)] = [("d", 86_400), ("h", 3600), ("m", 60)]

    /// Reads a size (`512MiB`, `2GiB`), an age (`7d`, `12h`, `30m`), or both with a comma between them; what is not said is
    /// as by default. Nil where it is anything else.
    public init?(_ text: String) {
        self.init()
        var isSized = false
        var isAged = false
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            if let size = Self.measure(part, Self.sizes), !isSized, size >= Self.smallest {
                bytes = size
                isSized = true
            } else if let age = Self.measure(part, Self.times), !isAged, age > 0 {
                seconds = age
                isAged = true
            } else {
                return nil
            }
        }
    }

    private static func measure(_ text: Substring, _ units: [(name: String, value: Int)]) -> Int? {
        for unit in units where text.hasSuffix(unit.name) {
            guard let count = Int(text.dropLast(unit.name.count)), count >= 0 else { return nil }
            let (value, overflow) = count.multipliedReportingOverflow(by: unit.value)
            return overflow ? nil : value
        }
        return nil
    }

    public var description: String {
        "\(Self.text(bytes, Self.sizes, otherwise: "B")),\(Self.text(seconds, Self.times, otherwise: "s"))"
    }

    private static func text(_ value: Int, _ units: [(name: String, value: Int)], otherwise: String) -> String {
        guard let unit = units.first(where: { value % $0.value == 0 }) else { return "\(value)\(otherwise)" }
        return "\(value / unit.value)\(unit.name)"
    }
}
