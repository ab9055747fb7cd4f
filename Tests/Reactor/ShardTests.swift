import Dispatch
import Glibc
import Reactor
import TestSupport
import Testing
import Vocabulary

@Suite struct ShardTests {
    @Test("Work from many threads runs on the shard, each thread's in its order")
    func mailboxOrder() throws {
        try withReactor { reactor in
            let shard = reactor.shards[1]
            let threads = 8
            let each = 5000
            let seen = Box([Int](repeating: 0, count: threads))
            let disorder = Box(0)
            let done = Signal()
            for thread in 0..<threads {
                DispatchQueue.global().async {
                    for number in 0..<each {
                        shard.post {
                            let isCurrent = shard.isCurrent
                            var isExpected = false
                            seen.update {
                                isExpected = $0[thread] == number
                                $0[thread] = number + 1
                            }
                            if !isExpected || !isCurrent { disorder.update { $0 += 1 } }
                            if number == each - 1 { done.fire() }
                        }
                    }
                }
            }
            #expect(done.wait(times: threads))
            #expect(seen.value == [Int](repeating: each, count: threads))
            #expect(disorder.value == 0)
            #expect(!shard.isCurrent)
        }
    }

    @Test("Work posted by work runs after it")
    func postsToItself() throws {
        try withReactor(shards: 1) { reactor in
            let order = Box<[Int]>([])
            let done = Signal()
            let shard = reactor.shards[0]
            shard.post {
                shard.post {
                    order.update { $0.append(2) }
                    done.fire()
                }
                order.update { $0.append(1) }
            }
            #expect(done.wait())
            #expect(order.value == [1, 2])
        }
    }

    @Test("Work for the end of the turn runs once, after everything else of the turn")
    func endOfTurn() throws {
        try withReactor(shards: 1) { reactor in
            let order = Box<[String]>([])
            let done = Signal()
            let shard = reactor.shards[0]
            shard.post {
                shard.atEndOfTurn { order.update { $0.append("end") } }
                order.update { $0.append("turn") }
                shard.post {
                    order.update { $0.append("next") }
                    done.fire()
                }
            }
            #expect(done.wait())
            #expect(order.value == ["turn", "end", "next"])
        }
    }

    @Test("Timers fire on an idle shard, in order, and cancelled ones do not")
    func timers() throws {
        try withReactor { reactor in
            let order = Box<[Int]>([])
            let done = Signal()
            let shard = reactor.shards[0]
            shard.post {
                let cancelled = ShardTimer { order.update { $0.append(-1) } }
                shard.schedule(cancelled, afterMilliseconds: 20)
                for delay in [60, 5, 30, 300] {
                    let timer = ShardTimer {
                        order.update { $0.append(delay) }
                        if delay == 5 { shard.cancel(cancelled) }
                        if delay == 300 { done.fire() }
                    }
                    shard.schedule(timer, afterMilliseconds: delay)
                }
            }
            #expect(done.wait())
            #expect(order.value == [5, 30, 60, 300])
        }
    }

    @Test("A timer may schedule itself again")
    func repeats() throws {
        try withReactor { reactor in
            let count = Box(0)
            let done = Signal()
            let shard = reactor.shards[0]
            shard.post {
                final class Ticker {
                    var timer: ShardTimer?
                }
                let ticker = Ticker()
                ticker.timer = ShardTimer {
                    var times = 0
                    count.update {
                        $0 += 1
                        times = $0
                    }
                    if times < 10 {
                        shard.schedule(ticker.timer!, afterMilliseconds: 1)
                    } else {
                        ticker.timer = nil
                        done.fire()
                    }
                }
                shard.schedule(ticker.timer!, afterMilliseconds: 1)
            }
            #expect(done.wait())
            #expect(count.value == 10)
        }
    }

    @Test("The turn's time is the environment's, and the same all through the turn")
    func turnTime() throws {
        let calls = Box<Int64>(0)
        var environment = Environment.system
        environment.now = {
            var call: Int64 = 0
            calls.update {
                $0 += 1
                call = $0
            }
            return Timestamp(unixSeconds: 1_000 + call, nanoseconds: 0)
        }
        let reactor = try Reactor(shards: 1, environment: environment)
        let done = Signal()
        let shard = reactor.shards[0]
        let same = Box(false)
        shard.post {
            let isSame = shard.now == shard.now && shard.now == Timestamp(unixSeconds: 1_001, nanoseconds: 0)
            same.update { $0 = isSame }
            done.fire()
        }
        #expect(done.wait())
        #expect(same.value)
        reactor.shutDown { done.fire() }
        #expect(done.wait())
    }
}
