import Testing

@testable import Query

struct TextSearchTests {
    /// By comparing at each place.
    private static func naive(_ wanted: String, _ text: String) -> Int? {
        let (units, wanted) = (Array(text.utf16), Array(wanted.utf16))
        return (0...units.count).first { units[$0...].starts(with: wanted) }
    }

    @Test func `It finds what a comparison at each place finds`() {
        let letters = ["a", "b", "é", "e\u{301}", "😀", "😁"]
        var seed: UInt32 = 7
        func text(_ longest: UInt32, of count: UInt32) -> String {
            func next(_ bound: UInt32) -> UInt32 {
                seed = seed &* 1_664_525 &+ 1_013_904_223
                return (seed >> 16) % bound
            }
            return (0..<next(longest + 1)).map { _ in letters[Int(next(count))] }.joined()
        }
        var found = 0
        for _ in 0..<2000 {
            for count: UInt32 in [2, 6] {
                let (wanted, text) = (text(5, of: count), text(30, of: count))
                let index = TextSearch(wanted).index(in: text)
                #expect(index == Self.naive(wanted, text), "'\(wanted)' in '\(text)'")
                if !wanted.isEmpty, index != nil { found += 1 }
            }
        }
        #expect(found > 500)
    }
}
