import Testing

@testable import Emulator

/// Prometheus' text exposition format.
@Suite struct MetricsTextTests {
    @Test func `Each metric has its help and type before its values`() {
        var text = MetricsText()
        text.gauge("twins", "How many.", 3)
        text.counter("refused_total", "By what.", by: "operation", [("a", 1), ("b", 0)])
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP twins How many.
                # TYPE twins gauge
                twins 3
                # HELP refused_total By what.
                # TYPE refused_total counter
                refused_total{operation="a"} 1
                refused_total{operation="b"} 0

                """)
    }
}
