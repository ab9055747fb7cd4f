import Simulator
import Testing

@Suite("Waiting before dialling again")
struct BackoffTests {
    @Test("waits double up to the ceiling, and half of each is left to chance")
    func doubling() {
        var shortest = Backoff(first: 100, ceiling: 1000)
        var longest = shortest
        let waits = (0..<6).map { _ in (shortest.next(chance: 0), longest.next(chance: 50 + 400)) }
        #expect(waits.map(\.0) == [50, 100, 200, 400, 500, 500])
        for (shortest, longest) in waits { #expect(longest >= shortest && longest <= 2 * shortest) }
    }

    @Test("a connection that stood is forgotten trouble")
    func reset() {
        var backoff = Backoff(first: 100, ceiling: 1000)
        _ = backoff.next(chance: 0)
        _ = backoff.next(chance: 0)
        backoff.reset()
        #expect(backoff.next(chance: 0) == 50)
    }
}
