import Testing
import Vocabulary

@testable import HTTP

@Suite struct HTTPDateTests {
    /// The example of RFC 9110 section 5.6.7, and dates whose days of the week calendars give.
    static let dates: [(seconds: Int64, text: String)] = [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    ]

    @Test("A date has the form of RFC 9110 section 5.6.7, fractions of seconds left out", arguments: dates)
    func writesDates(_ sample: (seconds: Int64, text: String)) {
        for nanoseconds in [0, 999_999_900] as [Int64] {
            let time = Timestamp(unixSeconds: sample.seconds, nanoseconds: nanoseconds)
            #expect(String(decoding: HTTPDate.text(time), as: UTF8.self) == sample.text)
        }
    }

    @Test("The days of the week follow one another")
    func countsDays() {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        for day in 0..<800 {
            let text = HTTPDate.text(Timestamp(unixSeconds: Int64(day) * 86400))
            #expect(String(decoding: text.prefix(3), as: UTF8.self) == days[day % 7])
        }
    }
}
