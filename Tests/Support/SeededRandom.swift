/// SplitMix64: the same numbers on every run.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Seeds are not spread by the step of `next`, or each would give its neighbour's numbers, one place on.
    public init(seed: UInt64) { state = (seed &+ 1) &* 0xBF58_476D_1CE4_E5B9 }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    public mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    /// True once in `count` times.
    public mutating func once(in count: Int) -> Bool { below(count) == 0 }
}
