import Testing

@testable import HTTP

@Suite struct NegotiationTests {
    static let encodings: [(value: String, accepts: Bool)] = [
        ("gzip", true), ("GZIP", true), ("gzip, deflate, br", true), ("br,gzip", true),
        ("deflate , gzip ; q=0.5", true),
        ("gzip;q=0.001", true), ("gzip;q=1", true), ("gzip;q=1.000", true), ("gzip;Q=1.0", true), ("*", true),
        ("*;q=0.1", true), ("identity;q=0, *", true), ("br;q=1.0, *;q=0", false),
        ("", false), ("identity", false), ("br", false), ("gzipped", false), ("gzip;q=0", false),
        ("gzip;q=0.000", false),
        ("gzip;q=0, *", false), ("*, gzip;q=0", false), (",", false), (";q=1", false),
    ]

    @Test("gzip is used where the client takes it (RFC 9110 section 12.5.3)", arguments: encodings)
    func negotiatesGzip(_ sample: (value: String, accepts: Bool)) throws {
        #expect(try withHeaders("Accept-Encoding: \(sample.value)") { $0.acceptsGzip } == sample.accepts)
    }

    static let badWeights = [
        "nan", "-nan", "inf", "-inf", "infinity", "1e400", "1e30", "-1", "1.1", "1.001", "0.0001", "2", "0x1p3", "",
        "x",
        "+1", ".5", " 1", "99999999999999999999",
    ]

    @Test("A weight that is none is no reason to send gzip, and harms nobody", arguments: badWeights)
    func survivesBadWeights(_ weight: String) throws {
        #expect(try withHeaders("Accept-Encoding: gzip;q=\(weight)") { $0.acceptsGzip } == false)
        #expect(try withHeaders("Accept: text/event-stream;q=\(weight)") { $0.wantsEventStream } == false)
    }

    @Test("Nothing is negotiated where nothing is said, and fields of one name are one list")
    func joinsFields() throws {
        #expect(try withHeaders { $0.acceptsGzip } == false)
        #expect(try withHeaders { $0.wantsEventStream } == false)
        #expect(try withHeaders { $0.preferredWait } == nil)
        #expect(try withHeaders("Accept-Encoding: br", "Accept-Encoding: gzip") { $0.acceptsGzip })
        #expect(try withHeaders("Accept: text/html", "Accept: text/event-stream") { $0.wantsEventStream })
        #expect(try withHeaders("Prefer: return=minimal", "Prefer: wait=7") { $0.preferredWait } == 7)
    }

    static let types: [(value: String, wants: Bool)] = [
        ("text/event-stream", true), ("Text/Event-Stream; charset=utf-8", true),
        ("text/event-stream, application/json", true), ("application/json;q=0.5, text/event-stream", true),
        ("*/*", false), ("text/*", false), ("application/json", false), ("text/event-stream;q=0", false),
        ("application/json, text/event-stream;q=0.9", false),
    ]

    @Test("An event stream is given to those who name it, and do not want JSON more", arguments: types)
    func negotiatesStreams(_ sample: (value: String, wants: Bool)) throws {
        #expect(try withHeaders("Accept: \(sample.value)") { $0.wantsEventStream } == sample.wants)
    }

    static let preferences: [(value: String, seconds: Int?)] = [
        ("wait=10", 10), ("wait=0", 0), ("Wait=10", 10), ("wait = 10", 10), ("wait=\"10\"", 10),
        ("respond-async, wait=10", 10),
        ("respond-async; wait=10", 10), ("wait=10, wait=20", 10), ("wait=999999999", 999_999_999),
        ("wait", nil), ("wait=", nil), ("wait=-1", nil), ("wait=1.5", nil), ("wait=ten", nil), ("waits=10", nil),
        ("wait=9999999999", nil), ("return=minimal", nil), ("", nil), ("wait=٥", nil),
    ]

    @Test("Prefer says for how many seconds a client waits (RFC 7240 section 4.3)", arguments: preferences)
    func readsWaits(_ sample: (value: String, seconds: Int?)) throws {
        #expect(try withHeaders("Prefer: \(sample.value)") { $0.preferredWait } == sample.seconds)
    }
}
