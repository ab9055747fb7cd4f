import Hub
import Synchronization

/// The plan of the declaration that was asked for last. To make one compiles every condition, which is not done for each
/// request that reads it.
final class PlanCache: Sendable {
    private struct Known {
        var declaration: RoutingDeclaration
        /// Nil for what this version cannot read.
        var plan: RoutingPlan?
    }
    private let known = Mutex<Known?>(nil)
    private let make: @Sendable (RoutingDeclaration) -> RoutingPlan?

    init(making make: @escaping @Sendable (RoutingDeclaration) -> RoutingPlan? = { try? RoutingPlan($0) }) {
        self.make = make
    }

    /// The bytes of a declaration that has stayed are the same array, so that comparing costs nothing.
    func plan(of declaration: RoutingDeclaration) -> RoutingPlan? {
        known.withLock { known in
            if let known, known.declaration == declaration { return known.plan }
            let plan = make(declaration)
            known = Known(declaration: declaration, plan: plan)
            return plan
        }
    }
}
