import ArgumentParser

/// A span of seconds on the command line, as tokens and messages have it: one second to a hundred years.
struct Lifetime: ExpressibleByArgument {
    static let longest: Int64 = 100 * 31_557_600

    let seconds: Int64

    init?(argument: String) {
        guard let seconds = Int64(argument), (1...Self.longest).contains(seconds) else { return nil }
        self.seconds = seconds
    }

    init(seconds: Int64) { self.seconds = seconds }

    var defaultValueDescription: String { String(seconds) }
}
