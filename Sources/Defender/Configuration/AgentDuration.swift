/// A length of time as the classic agents write and read it, in milliseconds.
public struct AgentDuration: Hashable, Sendable {
    public let milliseconds: UInt64

    public init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    static func minutes(_ count: UInt64) -> AgentDuration { AgentDuration(milliseconds: count * 60_000) }
    static func hours(_ count: UInt64) -> AgentDuration { minutes(count * 60) }

    /// Whose rules a text is read by (defender.md section 2.3).
    public enum Dialect: Sendable {
        /// Whole numbers in the order Y M W D, then H M S; a month is 30 days and a year counts nothing. Neither zero nor
        /// more than 32 bits of milliseconds.
        case c
        /// XML Schema's duration, as .NET reads it: fractions of seconds and zero are fine, weeks are not; a year is 365
        /// days and a month 30.
        case dotNet
    }

    /// The longest that agent C can hold: about 49.7 days.
    static let cMaximum: UInt64 = 4_294_967_295
    /// The longest that .NET's TimeSpan can hold: about 29,000 years.
    static let dotNetMaximum: UInt64 = 922_337_203_685_477

    /// Nil where the agent refuses the text.
    public init?(_ text: String, as dialect: Dialect) {
        var reader = DurationReader(text)
        guard let milliseconds = reader.read(dialect) else { return nil }
        switch dialect {
        case .c: guard milliseconds > 0, milliseconds <= Self.cMaximum else { return nil }
        case .dotNet: guard milliseconds <= Self.dotNetMaximum else { return nil }
        }
        self.milliseconds = milliseconds
    }

    /// As .NET writes it: days first, `PT0S` for none.
    public var xmlText: String {
        guard milliseconds > 0 else { return "PT0S" }
        let fraction = milliseconds % 1000
        var seconds = String(milliseconds / 1000 % 60)
        if fraction > 0 {
            var digits = String(fraction + 1000).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            seconds += ".\(digits)"
        }
        return Self.text(
            [("D", String(milliseconds / Self.day))],
            [
                ("H", String(milliseconds / Self.hour % 24)), ("M", String(milliseconds / Self.minute % 60)),
                ("S", seconds),
            ]
        )
    }

    /// As agent C reports it: months of 30 days, weeks and days first; fractions of a second are gone.
    public var cText: String {
        let days = milliseconds / Self.day
        return Self.text(
            [("M", String(days / 30)), ("W", String(days % 30 / 7)), ("D", String(days % 30 % 7))],
            [
                ("H", String(milliseconds / Self.hour % 24)), ("M", String(milliseconds / Self.minute % 60)),
                ("S", String(milliseconds / 1000 % 60)),
            ])
    }

    static let minute: UInt64 = 60_000
    static let hour: UInt64 = 60 * minute
    static let day: UInt64 = 24 * hour

    private static func text(_ date: [(String, String)], _ time: [(String, String)]) -> String {
        let date = date.filter { $0.1 != "0" }.map { $0.1 + $0.0 }.joined()
        let time = time.filter { $0.1 != "0" }.map { $0.1 + $0.0 }.joined()
        return "P" + date + (time.isEmpty ? "" : "T" + time)
    }
}

/// Reads an ISO 8601 duration from left to right.
private struct DurationReader {
    private var rest: Substring.UTF8View
    /// More digits than any agent's limit has; what is longer is refused before it can overflow.
    private static let maximumDigits = 15

    init(_ text: String) { rest = Substring(text).utf8 }

    mutating func read(_ dialect: AgentDuration.Dialect) -> UInt64? {
        guard skip("P"), !rest.isEmpty else { return nil }
        let date: [(UInt8, UInt64)] =
            switch dialect {
            case .c:
                [
                    (UInt8(ascii: "Y"), 0), (UInt8(ascii: "M"), 30 * AgentDuration.day),
                    (UInt8(ascii: "W"), 7 * AgentDuration.day), (UInt8(ascii: "D"), AgentDuration.day),
                ]
            case .dotNet:
                [
                    (UInt8(ascii: "Y"), 365 * AgentDuration.day), (UInt8(ascii: "M"), 30 * AgentDuration.day),
                    (UInt8(ascii: "D"), AgentDuration.day),
                ]
            }
        guard var sum = fields(date, fraction: false) else { return nil }
        if skip("T") {
            guard !rest.isEmpty else { return nil }
            let time: [(UInt8, UInt64)] = [
                (UInt8(ascii: "H"), AgentDuration.hour), (UInt8(ascii: "M"), AgentDuration.minute),
                (UInt8(ascii: "S"), 1000),
            ]
            guard let more = fields(time, fraction: dialect == .dotNet) else { return nil }
            let (total, isTooLong) = sum.addingReportingOverflow(more)
            guard !isTooLong else { return nil }
            sum = total
        }
        return rest.isEmpty ? sum : nil
    }

    /// The fields that are there, which must come in this order; ends before a `T` and at the end.
    private mutating func fields(_ units: [(letter: UInt8, milliseconds: UInt64)], fraction: Bool) -> UInt64? {
        var units = units[...]
        var sum: UInt64 = 0
        while let first = rest.first, first != UInt8(ascii: "T") {
            guard let number = number() else { return nil }
            var thousandths: UInt64 = 0
            let hasFraction = fraction && skip(".")
            if hasFraction {
                guard let digits = fractionDigits() else { return nil }
                thousandths = digits
            }
            guard let letter = rest.popFirst(), let place = units.firstIndex(where: { $0.letter == letter }) else {
                return nil
            }
            guard !hasFraction || letter == UInt8(ascii: "S") else { return nil }
            let (product, isTooLong) = number.multipliedReportingOverflow(by: units[place].milliseconds)
            let (total, isTooMuch) = sum.addingReportingOverflow(product)
            guard !isTooLong, !isTooMuch, total < .max / 2 else { return nil }
            sum = total + thousandths
            units = units[(place + 1)...]
        }
        return sum
    }

    private mutating func number() -> UInt64? {
        let digits = rest.prefix(while: Self.isDigit)
        guard !digits.isEmpty, digits.count <= Self.maximumDigits else { return nil }
        rest = rest.dropFirst(digits.count)
        return UInt64(String(Substring(digits)))
    }

    private mutating func fractionDigits() -> UInt64? {
        let digits = rest.prefix(while: Self.isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        return UInt64((String(Substring(digits.prefix(3))) + "00").prefix(3))
    }

    private mutating func skip(_ letter: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: letter) else { return false }
        rest.removeFirst()
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
