import Defender
import TestSupport
import Testing

@testable import Simulator

@Suite("The tally of a run of agents")
struct AgentTallyTests {
    @Test("a change is reported when all are told and all reporters have answered, in any order")
    func milestones() {
        var tally = AgentTally(agents: 3, reporters: 2)
        func take(_ signal: AgentTally.Signal, at now: UInt64 = 0) -> [AgentTally.Milestone] {
            tally.take(signal, at: now).map(\.0)
        }
        #expect(take(.told(0...0)).isEmpty && take(.reported(0...0)).isEmpty && take(.told(0...0)).isEmpty)
        #expect(take(.reported(0...0)).isEmpty)
        // The third does not report.
        #expect(take(.told(0...0)) == [.started])
        _ = take(.told(1...1))
        _ = take(.told(1...2))
        #expect(take(.told(1...2)) == [.allTold(change: 1)])
        #expect(take(.reported(1...2)).isEmpty)
        #expect(take(.reported(1...1)) == [.allReported(change: 1)])
        #expect(take(.told(2...2)) == [.allTold(change: 2)])
        #expect(take(.reported(2...2)) == [.allReported(change: 2)])
    }

    @Test("shares of a cast are exact, apart from each other, and the same for the same seed")
    func cast() {
        var plan = AgentPlan(.c)
        (plan.drift, plan.silent, plan.baselineFailures, plan.seed) = (0.1, 0.2, 0.5, 42)
        let cast = plan.cast(50)
        #expect(cast.count { $0.conduct == .ignores } == 3 && cast.count { $0.conduct == .reportsOtherwise } == 2)
        #expect(cast.count { $0.conduct == .silent } == 10 && cast.count { $0.failsBaseline } == 25)
        #expect(cast == plan.cast(50))
        plan.seed = 43
        #expect(cast.map(\.conduct) != plan.cast(50).map(\.conduct))
    }
}
