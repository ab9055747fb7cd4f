/// A point in time in 100-nanosecond ticks since 0001-01-01T00:00:00Z, the service's own resolution.
///
/// On the wire: UTC, ISO 8601, up to 7 fractional digits, trailing zeros and an empty fraction trimmed, `Z` (twins.md
/// section 1).
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 100 nanoseconds each.
    public var ticks: Int64

    public init(ticks: Int64) { self.ticks = ticks }

    /// `0001-01-01T00:00:00Z`, which the service prints for "never".
    public static let never = Timestamp(ticks: 0)

    /// Later than every time that the wire form can show.
    public static let latest = Timestamp(ticks: .max)

    /// The last second that the wire form can show, the end of the year 9999.
    public static let latestUnixSeconds: Int64 = 253_402_300_799

    public static let ticksPerSecond: Int64 = 10_000_000
    static let unixEpochTicks: Int64 = 621_355_968_000_000_000

    public init(unixSeconds: Int64, nanoseconds: Int64 = 0) {
        ticks = Self.unixEpochTicks + unixSeconds * Self.ticksPerSecond + nanoseconds / 100
    }

    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    public var unixSeconds: Int64 {
        let sinceEpoch = ticks - Self.unixEpochTicks
        return sinceEpoch >= 0
            ? sinceEpoch / Self.ticksPerSecond : -((-sinceEpoch + Self.ticksPerSecond - 1) / Self.ticksPerSecond)
    }

    /// So many seconds later, or earlier. Ages and lifetimes come from command lines and clients: what lies beyond all time is
    /// ``never`` at the one end and ``latest`` at the other.
    public func adding(seconds: Double) -> Timestamp {
        let distance = seconds * Double(Self.ticksPerSecond)
        guard let whole = Int64(exactly: distance.rounded(.towardZero)) else {
            return distance < 0 ? .never : .latest
        }
        let (sum, overflow) = ticks.addingReportingOverflow(whole)
        guard !overflow else { return whole < 0 ? .never : .latest }
        return Timestamp(ticks: max(sum, Self.never.ticks))
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.ticks < right.ticks }

    public var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// With all seven fractional digits.
    public var inFull: String {
        var bytes: [UInt8] = []
        append(to: &bytes, inFull: true)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Bytes of the wire form with all of its fraction.
    private static let longestForm = 28

    /// Appends the wire form, without quotes; where `inFull`, the zeros at the end of its fraction stay.
    public func append(to bytes: inout [UInt8], inFull: Bool = false) {
        // In one piece: every change of a twin writes several of them.
        bytes.append(atMost: Self.longestForm) { write(to: $0, inFull: inFull) }
    }

    /// Writes the wire form; answers its length.
    private func write(to text: UnsafeMutablePointer<UInt8>, inFull: Bool) -> Int {
        let civil = CivilTime(self)
        var end = 0
        func put(_ byte: UInt8) {
            text[end] = byte
            end &+= 1
        }
        func put(twoDigitsOf value: Int64) {
            let value = UInt8(truncatingIfNeeded: value)
            put(UInt8(ascii: "0") &+ value / 10)
            put(UInt8(ascii: "0") &+ value % 10)
        }
        put(twoDigitsOf: civil.year / 100)
        put(twoDigitsOf: civil.year % 100)
        put(UInt8(ascii: "-"))
        put(twoDigitsOf: civil.month)
        put(UInt8(ascii: "-"))
        put(twoDigitsOf: civil.day)
        put(UInt8(ascii: "T"))
        put(twoDigitsOf: civil.hour)
        put(UInt8(ascii: ":"))
        put(twoDigitsOf: civil.minute)
        put(UInt8(ascii: ":"))
        put(twoDigitsOf: civil.second)
        if civil.fraction != 0 || inFull {
            put(UInt8(ascii: "."))
            put(twoDigitsOf: civil.fraction / 100_000)
            put(twoDigitsOf: civil.fraction / 1000 % 100)
            put(twoDigitsOf: civil.fraction / 10 % 100)
            put(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: civil.fraction % 10))
            while !inFull, text[end - 1] == UInt8(ascii: "0") { end -= 1 }
        }
        put(UInt8(ascii: "Z"))
        return end
    }

    /// Reads the wire form; also accepts an absent `Z` (rest.md section 1.4). Nil for anything else.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        func digits(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            return value
        }
        guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), let year = digits(0..<4), let month = digits(5..<7),
            let day = digits(8..<10), let hour = digits(11..<13), let minute = digits(14..<16),
            let second = digits(17..<19), year >= 1, (1...12).contains(month), (1...31).contains(day), hour < 24,
            minute < 60, second < 60
        else { return nil }
        var position = 19
        var fraction: Int64 = 0
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            let start = position
            var scale: Int64 = 1_000_000
            while position < bytes.count, let digit = digits(position..<position + 1) {
                fraction += digit * scale
                scale /= 10
                position += 1
            }
            guard position > start else { return nil }
        }
        if position < bytes.count {
            guard bytes[position] == UInt8(ascii: "Z") || bytes[position] == UInt8(ascii: "z") else { return nil }
            position += 1
        }
        guard position == bytes.count else { return nil }
        let days = CivilTime.days(year: year, month: month, day: day)
        // No other day of the calendar: 30 February is none.
        guard CivilTime(Timestamp(ticks: days * 86400 * Self.ticksPerSecond)).day == day else { return nil }
        ticks = ((days * 24 + hour) * 60 + minute) * 60 * Self.ticksPerSecond + second * Self.ticksPerSecond + fraction
    }
}
