import Testing

@testable import Reactor

@Suite struct TimerWheelTests {
    @Test("Timers fire in the order of their deadlines, none early and none more than two ticks late")
    func firesInOrder() {
        var generator = SystemRandomNumberGenerator()
        let origin: UInt64 = 1_000_003
        var wheel = TimerWheel(origin: origin)
        var fired: [(due: UInt64, at: UInt64)] = []
        var now = origin
        var waiting = 0
        for round in 0..<4000 {
            if round < 2000 {
                let spread = [1, 10, 300, 20_000, 2_000_000, 200_000_000].randomElement(using: &generator)!
                let delay = Int.random(in: 0...spread, using: &generator)
                let due = now + UInt64(delay)
                wheel.schedule(ShardTimer { fired.append((due, now)) }, now: now, afterMilliseconds: delay)
                waiting += 1
            }
            // As the shard does: sleeps until the wheel says, or is woken before.
            guard let wait = wheel.millisecondsToNext(now: now) else { break }
            now += round < 2000 ? min(wait, UInt64.random(in: 0...50, using: &generator)) : wait
            while let timer = wheel.popDue(now: now) {
                timer.fire()
                waiting -= 1
            }
        }
        while let wait = wheel.millisecondsToNext(now: now) {
            now += wait
            while let timer = wheel.popDue(now: now) {
                timer.fire()
                waiting -= 1
            }
        }
        #expect(waiting == 0)
        #expect(fired.count == 2000)
        for (due, at) in fired { #expect(at >= due && at <= due + 2 * TimerWheel.tickMilliseconds) }
    }

    @Test("A sleep past many deadlines fires them all, the earlier first")
    func longSleep() {
        var wheel = TimerWheel(origin: 0)
        var fired: [Int] = []
        for delay in [70_000, 5, 900, 5, 300_000, 64, 256] {
            wheel.schedule(ShardTimer { fired.append(delay) }, now: 0, afterMilliseconds: delay)
        }
        while let timer = wheel.popDue(now: 10_000_000) { timer.fire() }
        #expect(fired == [5, 5, 64, 256, 900, 70_000, 300_000])
        #expect(wheel.millisecondsToNext(now: 10_000_000) == nil)
    }

    @Test("A cancelled timer does not fire, a moved one fires once at its new time")
    func cancelsAndMoves() {
        var wheel = TimerWheel(origin: 0)
        var fired: [String] = []
        let cancelled = ShardTimer { fired.append("cancelled") }
        let moved = ShardTimer { fired.append("moved") }
        let kept = ShardTimer { fired.append("kept") }
        for timer in [cancelled, moved, kept] { wheel.schedule(timer, now: 0, afterMilliseconds: 100) }
        wheel.cancel(cancelled)
        wheel.schedule(moved, now: 0, afterMilliseconds: 100_000)
        #expect(!cancelled.isScheduled && moved.isScheduled && wheel.count == 2)
        while let timer = wheel.popDue(now: 50_000) { timer.fire() }
        #expect(fired == ["kept"])
        while let timer = wheel.popDue(now: 100_010) { timer.fire() }
        #expect(fired == ["kept", "moved"])
        #expect(wheel.count == 0)
    }

    @Test("The wheel holds its timers only while they are scheduled")
    func letsGo() {
        weak var fired: ShardTimer?
        weak var left: ShardTimer?
        do {
            var wheel = TimerWheel(origin: 0)
            let first = ShardTimer {}
            let second = ShardTimer {}
            (fired, left) = (first, second)
            wheel.schedule(first, now: 0, afterMilliseconds: 1)
            wheel.schedule(second, now: 0, afterMilliseconds: 1_000)
            _ = wheel.popDue(now: 100)
        }
        #expect(fired == nil)
        #expect(left == nil)
    }
}
