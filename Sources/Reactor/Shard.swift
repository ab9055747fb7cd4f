import CSystem
import Dispatch
import Glibc
import Synchronization
import Vocabulary

/// A share of the server: one serial queue, one epoll descriptor with everything that lives on it, one timer wheel.
///
/// Whatever is on a shard is used on that shard only, and needs no lock. Other threads reach it by ``post(_:)``, which
/// is the one thing here that may be called from anywhere. `queue.async` would not do: a shard that lingers keeps its
/// queue to itself.
///
/// Sendable because the serial queue owns every property; what other threads use (`mailbox`, `thread`, the counters) is
/// Sendable by itself.
public final class Shard: @unchecked Sendable {
    /// `0..<` the number of shards.
    public let index: Int
    /// The reactor's limits.
    public let limits: ReactorLimits
    /// Where the floors above keep what they have once a shard.
    public var context: AnyObject?

    let environment: Environment
    let budget: ConnectionBudget
    private let queue: DispatchQueue
    private let source: any DispatchSourceRead
    /// The thread that is in a turn, 0 outside.
    private let thread = Atomic<UInt>(0)

    let epoll: Int32
    let mailbox: Mailbox
    private var mail: [Mailbox.Work] = []
    private let events: UnsafeMutablePointer<epoll_event>

    var listeners: [Listener] = []
    var hasStoppedAccepting = false
    /// A descriptor to give up for accepting and closing a connection when there are no others left.
    var reserve: Int32 = -1

    var connections: [Connection?] = []
    var freeSlots: [UInt32] = []
    var nextGeneration: UInt32 = 1
    /// Connections to be served before the turn ends.
    var dirty: [Connection] = []
    private var serving: [Connection] = []
    private var ending: [Connection] = []
    private var endOfTurn: [() -> Void] = []
    /// The connection whose events are being handled, which is served right after them.
    var handling: ObjectIdentifier?

    let readBuffer: UnsafeMutableRawBufferPointer
    private(set) lazy var engine = TLSEngine()
    private var spareQueues: [OutputQueue] = []
    private static let spareQueuesKept = 512

    private var wheel: TimerWheel
    private let timer: Int32
    /// When the timer descriptor is going to fire, in `uptimeMilliseconds`.
    private var timerArmedFor: UInt64?

    /// A monotonic clock in milliseconds, read once a turn.
    public private(set) var uptimeMilliseconds: UInt64
    private var turnTime: Timestamp?

    let acceptedCount = Atomic<Int>(0)
    let refusedCount = Atomic<Int>(0)
    let dialledCount = Atomic<Int>(0)
    private let cutCount = Atomic<Int>(0)
    let openCount = Atomic<Int>(0)

    /// Epoll's names for what is not a connection: generation 0, with the listener's number or one of these.
    private enum Mark {
        static let mailbox: UInt64 = 0xFFFF_FFFF
        static let timer: UInt64 = 0xFFFF_FFFE
    }

    init(
        index: Int, limits: ReactorLimits, environment: Environment, budget: ConnectionBudget
    ) throws(ReactorError) {
        self.index = index
        self.limits = limits
        self.environment = environment
        self.budget = budget
        mailbox = try Mailbox()
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw ReactorError(call: "epoll_create1", errno: errno) }
        timer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK) | Int32(TFD_CLOEXEC))
        guard timer >= 0 else {
            let error = errno
            Glibc.close(epoll)
            throw ReactorError(call: "timerfd_create", errno: error)
        }
        events = .allocate(capacity: max(limits.eventsPerTurn, 1))
        readBuffer = .allocate(byteCount: max(limits.readBytes, 1), alignment: 16)
        uptimeMilliseconds = Shard.uptime()
        wheel = TimerWheel(origin: uptimeMilliseconds)
        queue = DispatchQueue(label: "TwinHub.shard.\(index)")
        source = DispatchSource.makeReadSource(fileDescriptor: epoll, queue: queue)
        reserve = Shard.openReserve()
        watch(mailbox.descriptor, EPOLLIN.rawValue | EPOLLET.rawValue, Mark.mailbox, adding: true)
        watch(timer, EPOLLIN.rawValue | EPOLLET.rawValue, Mark.timer, adding: true)
    }

    /// The source's handler holds the shard, so that it goes on serving whoever else forgets it, until `shutDown`.
    func start() {
        source.setEventHandler { self.wakeUp() }
        source.activate()
    }

    deinit {
        events.deallocate()
        readBuffer.deallocate()
    }

    static func openReserve() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

    // MARK: For the floors above

    /// Runs the work on the shard, after everything that was posted before it. From any thread.
    ///
    /// A burst costs one wake-up at most, but a closure each: hand over a batch in one. Dropped after the reactor's
    /// ``Reactor/shutDown(_:)``.
    public func post(_ work: @escaping @Sendable () -> Void) { mailbox.post(work) }

    /// Whether the caller runs on this shard.
    public var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// In debug builds, stops a caller that is not on this shard.
    public func assertCurrent() { assert(isCurrent, "used from outside its shard") }

    /// Runs the work once, when everything that is ready in this turn has been handled: where what a turn has gathered
    /// is handed on in one go.
    public func atEndOfTurn(_ work: @escaping () -> Void) { endOfTurn.append(work) }

    /// (Re)schedules a timer: it fires on this shard no earlier than `delay` milliseconds from the start of this turn,
    /// and up to about 4 later.
    public func schedule(_ timer: ShardTimer, afterMilliseconds delay: Int) {
        assertCurrent()
        wheel.schedule(timer, now: uptimeMilliseconds, afterMilliseconds: delay)
    }

    /// The timer will not fire. Nothing happens where it is not scheduled.
    public func cancel(_ timer: ShardTimer) {
        assertCurrent()
        wheel.cancel(timer)
    }

    /// The environment's wall clock, read once a turn.
    public var now: Timestamp {
        if let turnTime { return turnTime }
        let time = environment.now()
        turnTime = time
        return time
    }

    /// What this shard has seen. From any thread.
    public var counts: ReactorCounts {
        var counts = ReactorCounts()
        counts.open = openCount.load(ordering: .relaxed)
        counts.accepted = acceptedCount.load(ordering: .relaxed)
        counts.refused = refusedCount.load(ordering: .relaxed)
        counts.dialled = dialledCount.load(ordering: .relaxed)
        counts.cut = cutCount.load(ordering: .relaxed)
        return counts
    }

    /// Calls the body with every open connection of the shard.
    public func forEachConnection(_ body: (Connection) -> Void) {
        assertCurrent()
        for case let connection? in connections where connection.isOpen { body(connection) }
    }

    // MARK: Turns

    private func wakeUp() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        defer { thread.store(0, ordering: .relaxed) }
        var timeout: Int32 = 0
        // Bounded, so that Dispatch gets to cancel the source.
        for _ in 0..<limits.turnsPerWake {
            let count = epoll_wait(epoll, events, Int32(max(limits.eventsPerTurn, 1)), timeout)
            let lingered = timeout > 0
            turn(eventCount: Int(max(count, 0)))
            guard !hasUnfinishedWork, mailbox.fallAsleep() else {
                timeout = 0
                continue
            }
            // Waiting here costs nothing, going through Dispatch's own epoll and threads for the next event does.
            if lingered, count <= 0 { return armTimer() }
            timeout = lingerTimeout()
        }
        if hasUnfinishedWork || !mailbox.fallAsleep() { mailbox.wake() }
        armTimer()
    }

    private var hasUnfinishedWork: Bool { !dirty.isEmpty || !endOfTurn.isEmpty || !ending.isEmpty }

    private func lingerTimeout() -> Int32 {
        let linger = UInt64(max(limits.lingerMilliseconds, 1))
        let next = wheel.millisecondsToNext(now: uptimeMilliseconds) ?? linger
        return Int32(min(max(next, 1), linger))
    }

    private func turn(eventCount: Int) {
        uptimeMilliseconds = Shard.uptime()
        turnTime = nil
        mailbox.take(into: &mail)
        for index in 0..<eventCount { handle(events[index]) }
        while let timer = wheel.popDue(now: uptimeMilliseconds) { timer.fire() }
        if !mail.isEmpty {
            // Taken out: what the work posts is the next turn's.
            var batch: [Mailbox.Work] = []
            swap(&batch, &mail)
            for work in batch { work() }
            batch.removeAll(keepingCapacity: batch.capacity <= 1024)
            if mail.isEmpty { swap(&batch, &mail) }
        }
        if !endOfTurn.isEmpty {
            let batch = endOfTurn
            endOfTurn = []
            for work in batch { work() }
        }
        serveDirty()
        buryEnded()
    }

    private func handle(_ event: epoll_event) {
        let key = event.data.u64
        let generation = UInt32(truncatingIfNeeded: key >> 32)
        guard generation == 0 else {
            // A connection that ended, and whose slot another has taken within this batch, is not the one meant.
            let slot = Int(UInt32(truncatingIfNeeded: key))
            if slot < connections.count, let connection = connections[slot], connection.generation == generation {
                connection.handle(event.events)
            }
            return
        }
        switch key {
        case Mark.mailbox: break
        case Mark.timer: timerArmedFor = nil
        default:
            let number = Int(key)
            if number < listeners.count { acceptConnections(listeners[number]) }
        }
    }

    /// One write a connection: who has more to say after it waits for the next turn.
    private func serveDirty() {
        guard !dirty.isEmpty else { return }
        swap(&dirty, &serving)
        for connection in serving where connection.flags.contains(.dirty) { connection.service() }
        serving.removeAll(keepingCapacity: serving.capacity <= 4096)
    }

    private func buryEnded() {
        while !ending.isEmpty {
            let batch = ending
            ending = []
            for connection in batch {
                connection.bury()
                connections[Int(connection.slot)] = nil
                freeSlots.append(connection.slot)
                openCount.wrappingSubtract(1, ordering: .relaxed)
                budget.release(accepted: connection.flags.contains(.accepted))
            }
        }
    }

    // MARK: Timer descriptor

    /// Before the thread is given back: the timer descriptor fires in time for the wheel. One that would fire too early is
    /// left alone, for most timers are cancelled.
    private func armTimer() {
        uptimeMilliseconds = Shard.uptime()
        guard let wait = wheel.millisecondsToNext(now: uptimeMilliseconds) else { return }
        let due = uptimeMilliseconds + wait
        if let armed = timerArmedFor, armed <= due { return }
        timerArmedFor = due
        let nanoseconds = max(wait, 1) * 1_000_000
        var setting = itimerspec()
        setting.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
        setting.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
        timerfd_settime(timer, 0, &setting, nil)
    }

    private static func uptime() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    // MARK: What connections need

    func ended(_ connection: Connection) { ending.append(connection) }

    func countCut() { cutCount.wrappingAdd(1, ordering: .relaxed) }

    func makeOutputQueue() -> OutputQueue { spareQueues.popLast() ?? OutputQueue() }

    func recycle(_ queue: OutputQueue) {
        guard spareQueues.count < Shard.spareQueuesKept else { return }
        queue.reset()
        spareQueues.append(queue)
    }

    func watch(_ connection: Connection, adding: Bool) {
        var events: UInt32 = 0
        if connection.flags.contains(.armedIn) { events |= EPOLLIN.rawValue }
        if connection.flags.contains(.armedOut) { events |= EPOLLOUT.rawValue }
        let key = UInt64(connection.generation) << 32 | UInt64(connection.slot)
        guard watch(connection.descriptor, events, key, adding: adding) else {
            return connection.end(.failed, systemError: errno)
        }
    }

    @discardableResult
    func watch(_ descriptor: Int32, _ events: UInt32, _ key: UInt64, adding: Bool) -> Bool {
        var event = epoll_event()
        event.events = events
        event.data.u64 = key
        return epoll_ctl(epoll, adding ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event) == 0
    }

    // MARK: End

    /// Closes everything and ends the loop; `completion` runs when the descriptors are closed.
    func shutDown(_ completion: @escaping @Sendable () -> Void) {
        source.setCancelHandler { [self] in
            Glibc.close(epoll)
            Glibc.close(timer)
            if reserve >= 0 { Glibc.close(reserve) }
            completion()
        }
        post { [self] in
            stopAccepting()
            forEachConnection { $0.close() }
            atEndOfTurn { [self] in
                buryEnded()
                mailbox.shut()
                source.cancel()
            }
        }
    }
}
