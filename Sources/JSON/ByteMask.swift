/// Eight bytes of a string looked at in one step.
enum ByteMask {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    /// The highest bit of each byte, which bytes outside ASCII have.
    static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The highest bit of each byte that is a quote, a backslash or a control character. Behind the first such byte a bit may
    /// be set that should not be.
    @inline(__always)
    static func specials(_ word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        return (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word))
            & highs
    }
}
