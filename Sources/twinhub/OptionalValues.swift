/// Flags whose value may be left out. The argument parser's own way of it takes a value that it cannot read for none, and one
/// behind `=` for none where another flag follows.
enum OptionalValues {
    /// What each of them means without a value.
    static let values = ["--defender": "classic"]

    static func filling(_ arguments: [String]) -> [String] {
        arguments.enumerated().map { place, argument in
            guard let value = values[argument] else { return argument }
            let next = place + 1 < arguments.count ? arguments[place + 1] : nil
            return next.map { !$0.hasPrefix("-") } ?? false ? argument : "\(argument)=\(value)"
        }
    }
}
