/// A hierarchical timer wheel: six levels of 64 slots, each level's slot as wide as the whole level below.
///
/// A timer hangs in the level of the highest digit (base 64) in which its deadline differs from the present tick, so
/// scheduling and cancelling are a few instructions, and a timer moves down at most five times before it fires.
/// A bit mask a level says which slots are in use; the lowest bit of the lowest level in use is the next thing to do.
struct TimerWheel: ~Copyable {
    static let tickMilliseconds: UInt64 = 4
    private static let levels = 6
    /// Longer delays are cut to this many ticks (about two years).
    private static let longestDelay: UInt64 = 1 << 34

    private let heads: UnsafeMutablePointer<Unmanaged<ShardTimer>?>
    private var occupied: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)
    /// Every deadline up to this tick has been served.
    private var current: UInt64 = 0
    /// Milliseconds of the clock at tick zero.
    private let origin: UInt64
    private(set) var count = 0

    init(origin: UInt64) {
        self.origin = origin
        heads = .allocate(capacity: TimerWheel.levels * 64)
        heads.initialize(repeating: nil, count: TimerWheel.levels * 64)
    }

    deinit {
        for slot in 0..<TimerWheel.levels * 64 {
            guard let first = heads[slot] else { continue }
            var timer = first
            repeat {
                let following = timer._withUnsafeGuaranteedRef { $0.next! }
                timer._withUnsafeGuaranteedRef { $0.place = ShardTimer.idle }
                timer.release()
                timer = following
            } while timer.toOpaque() != first.toOpaque()
        }
        heads.deallocate()
    }

    /// Fires no earlier than `delay` milliseconds after `now`.
    mutating func schedule(_ timer: ShardTimer, now: UInt64, afterMilliseconds delay: Int) {
        cancel(timer)
        let target = now - origin + UInt64(max(delay, 0))
        timer.deadline = min(max(target / TimerWheel.tickMilliseconds, current) + 1, current + TimerWheel.longestDelay)
        _ = Unmanaged.passRetained(timer)
        count += 1
        insert(timer)
    }

    mutating func cancel(_ timer: ShardTimer) {
        guard timer.isScheduled else { return }
        remove(timer)
        count -= 1
        Unmanaged.passUnretained(timer).release()
    }

    /// The next timer that is due at `now`, unscheduled; nil when there is none.
    mutating func popDue(now: UInt64) -> ShardTimer? {
        let target = (now - origin) / TimerWheel.tickMilliseconds
        while let (place, tick) = nextPlace(), tick <= target {
            current = tick
            let timer = heads[place]!.takeUnretainedValue()
            remove(timer)
            if timer.deadline <= current {
                count -= 1
                Unmanaged.passUnretained(timer).release()
                return timer
            }
            insert(timer)
        }
        current = max(current, target)
        return nil
    }

    /// Milliseconds from `now` until something has to be done, 0 when it is due; nil when nothing is scheduled.
    func millisecondsToNext(now: UInt64) -> UInt64? {
        guard let (_, tick) = nextPlace() else { return nil }
        let due = origin + tick * TimerWheel.tickMilliseconds
        return due > now ? due - now : 0
    }

    private func nextPlace() -> (place: Int, tick: UInt64)? {
        guard count > 0 else { return nil }
        for level in 0..<TimerWheel.levels {
            let mask = mask(level)
            guard mask != 0 else { continue }
            let slot = mask.trailingZeroBitCount
            let above = UInt64(6 * (level + 1))
            return (level * 64 + slot, (current >> above) << above | UInt64(slot) << UInt64(6 * level))
        }
        return nil
    }

    private mutating func insert(_ timer: ShardTimer) {
        let difference = (timer.deadline ^ current) | 63
        let level = (63 - difference.leadingZeroBitCount) / 6
        let slot = Int((timer.deadline >> UInt64(6 * level)) & 63)
        let place = level * 64 + slot
        timer.place = Int32(place)
        let link = Unmanaged.passUnretained(timer)
        if let head = heads[place] {
            let tail = head._withUnsafeGuaranteedRef { $0.previous! }
            timer.next = head
            timer.previous = tail
            tail._withUnsafeGuaranteedRef { $0.next = link }
            head._withUnsafeGuaranteedRef { $0.previous = link }
        } else {
            timer.next = link
            timer.previous = link
            heads[place] = link
            setMask(level, mask(level) | 1 << UInt64(slot))
        }
    }

    private mutating func remove(_ timer: ShardTimer) {
        let place = Int(timer.place)
        let link = Unmanaged.passUnretained(timer)
        let following = timer.next!
        if following.toOpaque() == link.toOpaque() {
            heads[place] = nil
            setMask(place / 64, mask(place / 64) & ~(1 << UInt64(place % 64)))
        } else {
            let preceding = timer.previous!
            preceding._withUnsafeGuaranteedRef { $0.next = following }
            following._withUnsafeGuaranteedRef { $0.previous = preceding }
            if heads[place]!.toOpaque() == link.toOpaque() { heads[place] = following }
        }
        timer.next = nil
        timer.previous = nil
        timer.place = ShardTimer.idle
    }

    private func mask(_ level: Int) -> UInt64 {
        switch level {
        case 0: occupied.0
        case 1: occupied.1
        case 2: occupied.2
        case 3: occupied.3
        case 4: occupied.4
        default: occupied.5
        }
    }

    private mutating func setMask(_ level: Int, _ mask: UInt64) {
        switch level {
        case 0: occupied.0 = mask
        case 1: occupied.1 = mask
        case 2: occupied.2 = mask
        case 3: occupied.3 = mask
        case 4: occupied.4 = mask
        default: occupied.5 = mask
        }
    }
}
