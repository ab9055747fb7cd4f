import Hub
import Synchronization
import Testing

@testable import Routing

struct PlanCacheTests {
    private static func declaration(_ name: String) -> RoutingDeclaration {
        RoutingDeclaration(
            Array(#"{"routes":[{"name":"\#(name)","source":"DeviceMessages","endpointNames":["events"]}]}"#.utf8))
    }

    @Test func `A plan is made once for a declaration, and again for another one`() {
        let made = Mutex(0)
        let cache = PlanCache { declaration in
            made.withLock { $0 += 1 }
            return try? RoutingPlan(declaration)
        }
        for _ in 0..<3 { #expect(cache.plan(of: Self.declaration("a"))?.routes.map(\.name) == ["a"]) }
        #expect(made.withLock { $0 } == 1)
        #expect(cache.plan(of: Self.declaration("b"))?.routes.map(\.name) == ["b"])
        // What cannot be read is not tried again either.
        for _ in 0..<3 { #expect(cache.plan(of: RoutingDeclaration(Array("[]".utf8))) == nil) }
        #expect(made.withLock { $0 } == 3)
    }
}
