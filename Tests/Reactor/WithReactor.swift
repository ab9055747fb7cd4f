import Reactor
import TestSupport

/// A reactor for the length of a test; afterwards every descriptor of it is closed.
func withReactor(
    shards: Int = 2, limits: ReactorLimits = .standard, _ body: (Reactor) throws -> Void
) throws {
    let reactor = try Reactor(shards: shards, limits: limits)
    let ended = Signal()
    defer {
        reactor.shutDown { ended.fire() }
        _ = ended.wait()
    }
    try body(reactor)
}

/// Bytes that differ along the way, so that a lost, doubled or moved piece shows.
func pattern(_ count: Int, seed: UInt32 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
    }
}
