import Testing

@testable import RoutingAPI

struct RetryPolicyTests {
    @Test func `Waits double up to a bound, and end where attempts are counted`() {
        var policy = RetryPolicy(attempts: 5)
        policy.firstWait = 100
        policy.longestWait = 500
        #expect((1...6).map { policy.wait(afterFailures: $0) } == [100, 200, 400, 500, nil, nil])
        policy.attempts = nil
        #expect(policy.wait(afterFailures: 1_000_000) == 500)
        #expect(RetryPolicy(attempts: 1).wait(afterFailures: 1) == nil)
    }
}
