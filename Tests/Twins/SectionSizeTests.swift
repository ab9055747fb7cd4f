import JSON
import Testing
import Vocabulary

@testable import Twins

@Suite struct SectionSizeTests {
    static let sizes: [(section: String, size: Int)] = [
        ("{}", 0), ("{\"a\":1}", 9), ("{\"ab\":-123456.789e10}", 10), ("{\"a\":true,\"b\":false}", 10),
        ("{\"a\":\"xyz\"}", 4),
        ("{\"é\":\"€\"}", 5), ("{\"a\":\"x\\u0001\\n\\u007fy\"}", 3), ("{\"a\":\"x\\u0085\u{9F}y\"}", 3),
        ("{\"a\":{\"b\":{\"c\":1}}}", 11),
        ("{\"a\":[1,2,\"xy\",true,{\"b\":1}]}", 1 + 8 + 8 + 2 + 4 + 9), ("{\"a\":\"\\\"\\\\\"}", 3), ("{\"a\":{}}", 1),
        ("{\"a\":1,\"$metadata\":{\"$lastUpdated\":\"x\"},\"$version\":1}", 9),
    ]

    @Test("Sections are measured as the service does", arguments: sizes)
    func measures(_ sample: (section: String, size: Int)) throws {
        let document = try JSONDocument(parsing: sample.section)
        #expect(document.withTape { SectionSize.size(of: 0, $0) } == sample.size)
        #expect(try SectionSize.exceeds(sample.size, Array(sample.section.utf8)) == false)
        if sample.size > 0 { #expect(try SectionSize.exceeds(sample.size - 1, Array(sample.section.utf8))) }
    }

    /// `{"k0":"…","k1":…}` of exactly `size`.
    static func section(size: Int, prefix: String) -> String {
        var members: [String] = []
        var rest = size
        while rest > 0 {
            let key = "\(prefix)\(1000 + members.count)"
            let length = min(4000, rest - key.utf8.count)
            members.append("\"\(key)\":\"\(String(repeating: "v", count: max(0, length)))\"")
            rest -= key.utf8.count + max(0, length)
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    @Test("A section may have its limit and not a byte more, counted after the merge")
    func limitsSections() throws {
        let time = Timestamp(unixSeconds: 1)
        let twin = Twin.fresh(at: time, kind: .device)
        func report(_ twin: Twin, _ text: String) throws -> Twin {
            try twin.reported(ReportedPatch(body: JSONDocument(parsing: text)), at: time).twin
        }
        func patch(_ twin: Twin, _ text: String) throws -> Twin {
            try twin.patched(ServicePatch(body: JSONDocument(parsing: text)), at: time).twin
        }
        func put(_ twin: Twin, _ text: String) throws -> Twin {
            try twin.replaced(ServiceReplacement(body: JSONDocument(parsing: text)), at: time).twin
        }
        let full = Self.section(size: 32768, prefix: "k")
        let fullTags = Self.section(size: 8192, prefix: "t")
        let code = ErrorCode.deviceModelMaxPropertiesExceeded
        let reported = HubError(code, "'Properties.Reported' size should be less than 32768 bytes.", envelope: .numeric)
        let desired = HubError(code, "'Properties.Desired' size should be less than 32768 bytes.", envelope: .twin)
        let tags = HubError(code, "'Tags' size should be less than 8192 bytes.", envelope: .twin)
        #expect(code.number == 403100)

        let fullReported = try report(twin, full)
        #expect(throws: reported) { try report(fullReported, "{\"x\":\"\"}") }
        // Taking something away makes room in the same call.
        _ = try report(fullReported, "{\"k1000\":null,\"x\":\"\"}")

        let service = try patch(twin, "{\"tags\":\(fullTags),\"properties\":{\"desired\":\(full)}}")
        #expect(throws: tags) { try patch(service, "{\"tags\":{\"x\":\"\"}}") }
        #expect(throws: desired) {
            try patch(service, "{\"tags\":{\"t1000\":1},\"properties\":{\"desired\":{\"x\":\"\"}}}")
        }
        #expect(throws: tags) { try put(twin, "{\"tags\":\(Self.section(size: 8193, prefix: "t"))}") }
        #expect(throws: desired) {
            try put(twin, "{\"properties\":{\"desired\":\(Self.section(size: 32769, prefix: "k"))}}")
        }
        let seed = try TwinSeed(body: JSONDocument(parsing: "{\"tags\":\(Self.section(size: 8193, prefix: "t"))}"))
        #expect(throws: tags) { try Twin.seeded(seed, at: time, kind: .device) }
    }

    @Test("Thousands of names in one section merge as few do")
    func mergesManyNames() throws {
        let time = Timestamp(unixSeconds: 1)
        var twin = Twin.fresh(at: time, kind: .device)
        func names(_ range: Range<Int>, _ value: (Int) -> String) -> String {
            "{" + range.map { "\"\($0)\":\(value($0))" }.joined(separator: ",") + "}"
        }
        func report(_ text: String) throws {
            twin = try twin.reported(ReportedPatch(body: JSONDocument(parsing: text)), at: time).twin
        }
        try report(names(1000..<5000) { _ in "true" })
        try report(names(1000..<5000) { $0 % 2 == 0 ? "null" : "false" })
        try report(names(20000..<40000) { _ in "null" })
        #expect(
            try Tree(twin.reported)
                == Tree(names(1000..<5000) { "\($0 % 2 != 0 ? "false" : "null")" }.utf8).withoutNulls)
    }
}

extension Tree {
    /// Without the members that are null.
    var withoutNulls: Tree {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { $0.value != .null }.mapValues(\.withoutNulls))
    }
}
