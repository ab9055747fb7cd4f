/// When a shard dials its clients: so many a second, and so many on their way at once.
struct DialPace {
    private let perSecond: Double
    private let atOnce: Int
    private var mayDial = 0.0
    private var arriving = 0

    init(perSecond: Double, atOnce: Int) {
        self.perSecond = perSecond
        self.atOnce = atOnce
    }

    /// By the time that has passed, since a busy machine ticks late.
    mutating func pass(seconds: Double) { mayDial = min(mayDial + perSecond * seconds, Double(atOnce)) }

    /// Whether one more client may be dialled; it is then on its way until it settles.
    mutating func dial() -> Bool {
        guard arriving < atOnce, mayDial >= 1 else { return false }
        mayDial -= 1
        arriving += 1
        return true
    }

    /// A client has arrived, or could not.
    mutating func settle() { arriving -= 1 }
}
