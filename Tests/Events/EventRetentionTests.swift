import Testing

@testable import Events

@Suite struct EventRetentionTests {
    static let forms: [(String, EventRetention?)] = [
        ("1GiB,7d", EventRetention(bytes: 1 << 30, seconds: 604_800)),
        ("7d,1GiB", EventRetention(bytes: 1 << 30, seconds: 604_800)),
        ("512MiB", EventRetention(bytes: 512 << 20)),
        ("12h", EventRetention(seconds: 43_200)),
        ("30m", EventRetention(seconds: 1800)),
        ("", nil), (",", nil), ("1GiB,", nil), ("1GiB,2GiB", nil), ("7d,7d", nil), ("7", nil), ("GiB", nil),
        ("-1GiB", nil),
        ("0d", nil), ("0MiB", nil), ("1.5GiB", nil), ("1GB", nil), ("99999999999999GiB", nil), ("1 GiB", nil),
    ]

    @Test(arguments: forms)
    func `A size, an age, or both`(_ form: (text: String, retention: EventRetention?)) {
        #expect(EventRetention(form.text) == form.retention)
    }

    @Test func `It is written as it is read`() {
        #expect(EventRetention().description == "1GiB,7d")
        #expect(EventRetention("1536MiB,36h")?.description == "1536MiB,36h")
        #expect(EventRetention("90m")?.description == "1GiB,90m")
    }
}
