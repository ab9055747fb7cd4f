import Vocabulary

/// Twins being brought into line with the configurations: what has happened so far, and the plans that the next twin is likely to
/// need again.
struct Settling {
    let context: DecisionContext
    var events: [Event] = []
    private var plans: [Way: ContentPlan] = [:]

    init(_ context: DecisionContext) { self.context = context }

    /// From one list of contributions to another.
    private struct Way: Hashable {
        let module: String?
        let old: [UInt64]
        let new: [Step]

        struct Step: Hashable {
            let number: UInt64
            let gives: Bool
        }
    }

    mutating func plan(for module: String?, from old: [Contribution], to new: [Contribution]) -> ContentPlan {
        let way = Way(
            module: module, old: old.map(\.number), new: new.map { .init(number: $0.number, gives: $0.parts != nil) })
        if let known = plans[way] { return known }
        let plan = ContentPlan(from: old, to: new)
        plans[way] = plan
        return plan
    }

    /// Which configurations may have come to another answer about a twin.
    enum Question {
        case everything
        /// These, by number.
        case these(Set<UInt64>)

        func isAbout(_ configuration: Configuration) -> Bool {
            switch self {
            case .everything: true
            case .these(let numbers): numbers.contains(configuration.number)
            }
        }
    }
}
