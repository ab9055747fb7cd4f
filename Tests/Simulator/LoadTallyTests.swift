import Testing

@testable import Simulator

@Suite("Counting over all clients")
struct LoadTallyTests {
    @Test("all are ready once, however often single ones come and go")
    func allReady() {
        var tally = LoadTally(clients: 2)
        #expect(tally.take(.ready, at: 1) == nil)
        #expect(tally.take(.lost(isFirst: true), at: 2) == nil)
        #expect(tally.take(.ready, at: 3) == nil)
        #expect(tally.take(.ready, at: 4) == .allReady)
        #expect(tally.take(.lost(isFirst: false), at: 5) == nil)
        #expect(tally.take(.ready, at: 6) == nil)
    }

    @Test("all are back when each was lost and all are ready, from the first loss on")
    func allBack() {
        var tally = LoadTally(clients: 2)
        _ = tally.take(.ready, at: 1)
        _ = tally.take(.ready, at: 2)
        _ = tally.take(.lost(isFirst: true), at: 3)
        // One came back before the other was lost.
        #expect(tally.take(.ready, at: 4) == nil)
        _ = tally.take(.lost(isFirst: true), at: 5)
        #expect(tally.take(.ready, at: 6) == .allBack)
        #expect(tally.firstLostAt == 3)
    }

    @Test("a change has been told when the last client has it; fast clients may be ahead")
    func allTold() {
        var tally = LoadTally(clients: 2)
        #expect(tally.take(.told(round: 1), at: 1) == nil)
        #expect(tally.take(.told(round: 2), at: 2) == nil)
        #expect(tally.take(.told(round: 1), at: 3) == .allTold(round: 1))
        #expect(tally.take(.told(round: 2), at: 4) == .allTold(round: 2))
    }
}
