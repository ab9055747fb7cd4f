import Testing

@testable import Vocabulary

@Suite struct TimestampTests {
    /// The forms that twins.md section 1 shows, and the calendar's odd days. Ticks by another calendar's arithmetic.
    static let forms: [(text: String, ticks: Int64)] = [
        ("0001-01-01T00:00:00Z", 0), ("0001-01-01T00:00:00.0000001Z", 1), ("0001-01-01T00:00:01Z", 10_000_000),
        ("1970-01-01T00:00:00Z", 621_355_968_000_000_000), ("2021-02-13T17:56:23.2704925Z", 637_488_357_832_704_925),
        ("2022-05-16T15:27:28.686042Z", 637_883_116_486_860_420),
        ("2000-02-29T23:59:59.9999999Z", 630_874_655_999_999_999),
        ("1900-03-01T00:00:00Z", 599_317_056_000_000_000), ("2024-12-31T23:59:59.5Z", 638_712_863_995_000_000),
        ("9999-12-31T23:59:59.9999999Z", 3_155_378_975_999_999_999),
    ]

    @Test("A time is written in UTC with as many fractional digits as it needs, and read back", arguments: forms)
    func writes(_ sample: (text: String, ticks: Int64)) {
        #expect(Timestamp(ticks: sample.ticks).description == sample.text)
        #expect(Timestamp(sample.text)?.ticks == sample.ticks)
    }

    @Test("A time in full has seven fractional digits")
    func writesInFull() {
        let second = Timestamp(unixSeconds: 1_790_000_000)
        #expect(second.inFull == "2026-09-21T14:13:20.0000000Z")
        #expect(Timestamp(ticks: second.ticks + 1_200_000).inFull == "2026-09-21T14:13:20.1200000Z")
        #expect(Timestamp.never.inFull == "0001-01-01T00:00:00.0000000Z")
    }

    static let accepted: [(text: String, same: String)] = [
        ("2021-02-13T17:56:23.2704925", "2021-02-13T17:56:23.2704925Z"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00Z"),
        ("2021-02-13t17:56:23z", "2021-02-13T17:56:23Z"), ("2021-02-13T17:56:23.100Z", "2021-02-13T17:56:23.1Z"),
        ("2021-02-13T17:56:23.0000000Z", "2021-02-13T17:56:23Z"),
        ("2021-02-13T17:56:23.12345678912Z", "2021-02-13T17:56:23.1234567Z"),
    ]

    @Test("Other spellings of the form are read (rest.md section 1.4)", arguments: accepted)
    func reads(_ sample: (text: String, same: String)) { #expect(Timestamp(sample.text)?.description == sample.same) }

    static let refused = [
        "", "2021", "2021-02-13", "2021-02-13T17:56Z", "2021-02-13 17:56:23Z", "2021/02/13T17:56:23Z",
        "21-02-13T17:56:23Z",
        "2021-02-13T17:56:23.Z", "2021-02-13T17:56:23ZZ", "2021-02-13T17:56:23+00:00", "2021-02-13T17:56:23,5Z",
        "2021-13-01T00:00:00Z", "2021-00-01T00:00:00Z", "2021-01-00T00:00:00Z", "2021-01-32T00:00:00Z",
        "2021-01-01T24:00:00Z", "2021-01-01T00:60:00Z", "2021-01-01T00:00:60Z", "0000-01-01T00:00:00Z",
        "+021-01-01T00:00:00Z", "2021-01-01T00:00:00Zx", "2021-01-01T00:00:0٥Z", "-2021-01-01T00:00:00Z",
        // Days that are in no calendar.
        "2021-02-29T00:00:00Z", "2021-02-30T00:00:00Z", "1900-02-29T00:00:00Z", "2021-04-31T00:00:00Z",
    ]

    @Test("Anything else is no time", arguments: refused)
    func refuses(_ text: String) { #expect(Timestamp(text) == nil) }

    @Test("Every day of 400 years is the day after the one before it")
    func countsDays() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        var ticks = Timestamp("1801-01-01T00:00:00Z")?.ticks ?? -1
        for year in 1801...2200 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (month, length) in lengths.enumerated() {
                for day in 1...(month == 1 && isLeap ? length + 1 : length) {
                    let text = "\(year)-\(two(month + 1))-\(two(day))T00:00:00Z"
                    let time = Timestamp(ticks: ticks)
                    if time.description != text || Timestamp(text) != time { Issue.record("\(text) is \(time)") }
                    ticks += 86400 * Timestamp.ticksPerSecond
                }
            }
        }
    }

    @Test("Unix seconds count from 1970 and round down, before it too")
    func countsSeconds() {
        #expect(Timestamp(unixSeconds: 0).description == "1970-01-01T00:00:00Z")
        #expect(
            Timestamp(unixSeconds: 1_893_456_000, nanoseconds: 123_456_789).description
                == "2030-01-01T00:00:00.1234567Z")
        #expect(Timestamp(unixSeconds: 12, nanoseconds: 999_999_999).unixSeconds == 12)
        #expect(Timestamp(unixSeconds: -12).unixSeconds == -12)
        #expect(Timestamp(ticks: Timestamp(unixSeconds: -12).ticks + 1).unixSeconds == -12)
        #expect(Timestamp(ticks: Timestamp(unixSeconds: -12).ticks - 1).unixSeconds == -13)
        #expect(Timestamp.never.unixSeconds == -62_135_596_800)
        #expect(Timestamp(unixSeconds: 1).adding(seconds: 1.5) == Timestamp(unixSeconds: 2, nanoseconds: 500_000_000))
        #expect(Timestamp(unixSeconds: 1) < Timestamp(unixSeconds: 1, nanoseconds: 100))
    }

    static let sums: [(text: String, seconds: Double, sum: Timestamp)] = [
        ("2026-01-01T00:00:00Z", 1.5, Timestamp("2026-01-01T00:00:01.5Z") ?? .never),
        ("2026-01-01T00:00:00Z", -86_400, Timestamp("2025-12-31T00:00:00Z") ?? .latest),
        ("0001-01-01T00:00:00Z", -50_400, .never), ("2026-01-01T00:00:00Z", -1e12, .never),
        ("2026-01-01T00:00:00Z", -9e18, .never), ("2026-01-01T00:00:00Z", -.infinity, .never),
        ("9999-12-31T23:59:59Z", 6.1e11, .latest), ("2026-01-01T00:00:00Z", 9.3e11, .latest),
        ("2026-01-01T00:00:00Z", 9e18, .latest), ("2026-01-01T00:00:00Z", .infinity, .latest),
    ]

    @Test("A span that leads beyond all time ends there", arguments: sums)
    func adds(_ sample: (text: String, seconds: Double, sum: Timestamp)) throws {
        #expect(try #require(Timestamp(sample.text)).adding(seconds: sample.seconds) == sample.sum)
    }
}
