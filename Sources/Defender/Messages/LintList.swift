/// Departures as they are found: the first ones whole, the others counted. A hostile body breaks a rule with every few of its
/// bytes, and what is only counted costs neither memory nor a text.
public struct LintList: Hashable, Sendable {
    public static let maximum = 256

    public private(set) var kept: [MessageLint] = []
    /// Departures beyond ``maximum``.
    public private(set) var leftOut = 0

    public init() {}

    mutating func add(
        _ rule: MessageLint.Rule, _ path: @autoclosure () -> String, at range: Range<Int>,
        knownOf: @autoclosure () -> String? = nil, detail: @autoclosure () -> String? = nil
    ) {
        guard kept.count < Self.maximum else {
            leftOut += 1
            return
        }
        kept.append(MessageLint(rule: rule, path: path(), range: range, knownOf: knownOf(), detail: detail()))
    }

    /// What the check adds is about something that stands at this place.
    mutating func within(_ place: @autoclosure () -> String, _ check: (inout LintList) -> Void) {
        let before = kept.count
        check(&self)
        guard kept.count > before else { return }
        let place = place()
        for index in kept[before...].indices { kept[index] = kept[index].under(place) }
    }
}
