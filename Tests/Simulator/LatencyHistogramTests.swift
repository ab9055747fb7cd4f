import Testing

@testable import Simulator

@Suite("Durations in classes")
struct LatencyHistogramTests {
    @Test("quantiles are those of the sorted durations, at most a sixteenth too long")
    func quantiles() {
        var histogram = LatencyHistogram()
        var state: UInt64 = 1
        var all: [UInt64] = []
        for _ in 0..<5000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // All sizes from nothing to hours, each power of two as often as the next.
            let value = (state >> 33) >> ((state >> 8) % 31)
            all.append(value)
            histogram.record(value)
        }
        all.sort()
        for share in [0.001, 0.1, 0.5, 0.9, 0.99, 1] {
            let exact = all[max(Int((5000 * share).rounded(.up)), 1) - 1]
            let found = histogram.quantile(share)
            #expect(found >= exact && found <= exact + exact / 16 + 1, "\(share): \(found), exactly \(exact)")
        }
        #expect(histogram.longest == all.last)
    }

    @Test("two are as one that has recorded both")
    func adding() {
        var (left, right, both) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for value: UInt64 in [0, 31, 32, 33, 1000, .max] {
            (value % 2 == 0 ? { left.record($0) } : { right.record($0) })(value)
            both.record(value)
        }
        left.add(right)
        #expect(left.count == both.count)
        for share in [0.1, 0.5, 1] { #expect(left.quantile(share) == both.quantile(share)) }
        #expect(both.quantile(1) == .max)
    }

    @Test("nothing recorded is no duration")
    func empty() { #expect(LatencyHistogram().quantile(0.99) == 0) }
}
