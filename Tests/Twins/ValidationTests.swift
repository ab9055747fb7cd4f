import JSON
import Testing
import Vocabulary

@testable import Twins

/// The limits and texts of twins.md section 7.
@Suite struct ValidationTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let section: String
        let text: String
        var testDescription: String { String(section.prefix(60)) }
        init(_ section: String, _ text: String) {
            self.section = section
            self.text = text
        }
    }

    static func badName(_ name: String) -> String {
        "Property or Tag name has invalid characters. Error in Property/Tag \(name). "
            + "Must not contain Control Characters, '.', '$', '#', or ' '."
    }

    static let tooDeep = "Properties or Tags can be nested at most 10 levels deep."

    static func nested(_ depth: Int, _ open: String = "{\"a\":", _ close: String = "}", inside: String = "1") -> String
    {
        "{\"r\":" + String(repeating: open, count: depth) + inside + String(repeating: close, count: depth) + "}"
    }

    static let refusals: [Refusal] = [
        Refusal("{\"a.b\":1}", badName("a.b")), Refusal("{\"a b\":1}", badName("a b")),
        Refusal("{\"$a\":1}", badName("$a")),
        Refusal("{\"a#\":1}", badName("a#")), Refusal("{\"o\":{\"$version\":1}}", badName("$version")),
        Refusal("{\"a\\u0001\":1}", badName("a\u{1}")), Refusal("{\"a\u{7F}\":1}", badName("a\u{7F}")),
        Refusal("{\"a\u{80}\":1}", badName("a\u{80}")), Refusal("{\"a\\u009f\":1}", badName("a\u{9F}")),
        Refusal("{\"\\u0024x\":1}", badName("$x")), Refusal("{\"a\":[{\"b\":[{\"c.d\":1}]}]}", badName("c.d")),
        Refusal("{\"a.b\":null}", badName("a.b")), Refusal("{\"\":1}", "Property or Tag name cannot be empty."),
        Refusal(
            "{\"" + String(repeating: "k", count: 1025) + "\":1}", "Property or Tag name should be maximum 1024 bytes."),
        Refusal(
            "{\"" + String(repeating: "é", count: 513) + "\":1}", "Property or Tag name should be maximum 1024 bytes."),
        Refusal(
            "{\"a\":\"" + String(repeating: "v", count: 4097) + "\"}",
            "Property or Tag value should be maximum 4096 bytes."),
        Refusal(
            "{\"a\":[\"" + String(repeating: "\\u00e9", count: 2049) + "\"]}",
            "Property or Tag value should be maximum 4096 bytes."),
        Refusal(
            "{\"n\":4503599627370496}",
            "Property or Tag value has to be an integer between -4503599627370496 and 4503599627370495. Error in Property/Tag n"
        ),
        Refusal(
            "{\"n\":[-99999999999999999999999999]}",
            "Property or Tag value has to be an integer between -4503599627370496 and 4503599627370495. Error in Property/Tag n"
        ),
        Refusal("{\"a\":[null]}", "Value of Property or Tag cannot be null. Error inProperty/Tag a"),
        Refusal("{\"a\":[{\"b\":{\"c\":null}}]}", "Value of Property or Tag cannot be null. Error inProperty/Tag c"),
        Refusal(nested(11), tooDeep), Refusal(nested(11, "[", "]"), tooDeep),
        Refusal(nested(10, inside: "[]"), tooDeep),
    ]

    @Test("Sections that break a rule are refused whole, in the service's words", arguments: refusals)
    func refuses(_ refusal: Refusal) throws {
        let section = refusal.section
        func expect(_ envelope: HubError.Envelope, _ body: String, _ read: (JSONDocument) throws -> Void) throws {
            let document = try JSONDocument(parsing: body)
            #expect(throws: HubError(.argumentInvalid, refusal.text, envelope: envelope)) { try read(document) }
        }
        try expect(.numeric, section) { _ = try ReportedPatch(body: $0) }
        for body in ["{\"tags\":\(section)}", "{\"properties\":{\"desired\":\(section)}}"] {
            try expect(.twin, body) { _ = try ServicePatch(body: $0) }
            try expect(.twin, body) { _ = try TwinSeed(body: $0) }
            if !section.contains("null}") || section.contains("[") {
                try expect(.twin, body) { _ = try ServiceReplacement(body: $0) }
            }
        }
    }

    static let accepted: [String] = [
        "{\"" + String(repeating: "k", count: 1024) + "\":1}",
        "{\"a\":\"" + String(repeating: "v", count: 4096) + "\"}",
        "{\"a\":\"" + String(repeating: "é", count: 2048) + "\"}",
        "{\"n\":4503599627370495,\"m\":-4503599627370496,\"z\":-0}",
        "{\"n\":99999999999999999999.5,\"e\":1e30}", nested(10), nested(10, "[", "]"), nested(9, inside: "{}"),
        "{\"é€😀\":1,\"a-b_c/:;@~\":2,\"\u{A0}\":3,\"a\\\"b\\\\c\":4}", "{\"a\":\"\\u0000\u{7F}\"}",
        "{\"a\":[],\"b\":[[1],{\"c\":[]}]}",
    ]

    @Test("Sections at the very limit are accepted and come out as they went in", arguments: accepted)
    func accepts(_ section: String) throws {
        let time = Timestamp(unixSeconds: 1)
        let twin = Twin.fresh(at: time, kind: .device)
        let expected = try Tree(section.utf8)
        #expect(
            try Tree(twin.reported(ReportedPatch(body: JSONDocument(parsing: section)), at: time).twin.reported)
                == expected)
        let body = try JSONDocument(parsing: "{\"tags\":\(section),\"properties\":{\"desired\":\(section)}}")
        let patched = try twin.patched(ServicePatch(body: body), at: time).twin
        #expect(try Tree(patched.tags) == expected)
        #expect(try Tree(patched.desired) == expected)
        #expect(try Tree(twin.replaced(ServiceReplacement(body: body), at: time).twin.desired) == expected)
    }

    static let notReplacements: [(body: String, name: String)] = [
        ("{\"tags\":{\"a\":{\"b\":null}}}", "b"), ("{\"properties\":{\"desired\":{\"x\":null}}}", "x"),
        ("{\"tags\":null}", "tags"),
        ("{\"properties\":null}", "properties"), ("{\"properties\":{\"desired\":null}}", "desired"),
    ]

    @Test("A replacement holds no null", arguments: notReplacements)
    func replacementRefusesNull(_ sample: (body: String, name: String)) throws {
        let document = try JSONDocument(parsing: sample.body)
        let error = HubError(
            .argumentInvalid, "Value of Property or Tag cannot be null. Error in Property/Tag \(sample.name)",
            envelope: .twin)
        #expect(throws: error) { try ServiceReplacement(body: document) }
    }

    @Test("A device cannot write the hub's own members")
    func reportedRefusesReadOnly() throws {
        for name in ["$version", "$metadata"] {
            let error = HubError(.argumentInvalid, Self.badName(name), envelope: .numeric)
            let body = try JSONDocument(parsing: "{\"a\":1,\"\(name)\":{}}")
            #expect(throws: error) { try ReportedPatch(body: body) }
        }
    }

    @Test("Bodies and sections are objects")
    func refusesOtherKinds() throws {
        for body in ["[]", "1", "null", "\"x\""] {
            let document = try JSONDocument(parsing: body)
            #expect(throws: HubError.notAnObject(envelope: .twin)) { try ServicePatch(body: document) }
            #expect(throws: HubError.notAnObject(envelope: .twin)) { try ServiceReplacement(body: document) }
            #expect(throws: HubError.notAnObject(envelope: .numeric)) { try ReportedPatch(body: document) }
        }
        for body in ["{\"tags\":1}", "{\"properties\":[]}", "{\"properties\":{\"desired\":\"x\"}}"] {
            let document = try JSONDocument(parsing: body)
            #expect(throws: HubError.sectionNotAnObject(envelope: .twin)) { try ServicePatch(body: document) }
        }
    }

    @Test("Older api-versions know no arrays and allow less")
    func keepsOlderLimits() throws {
        func patch(_ tags: String) throws -> ServicePatch {
            try ServicePatch(body: JSONDocument(parsing: "{\"tags\":\(tags)}"), limits: .before2019)
        }
        #expect(throws: HubError.arraysNotSupported(envelope: .twin)) { try patch("{\"a\":[]}") }
        #expect(throws: HubError.stringTooLong(limit: 512, envelope: .twin)) {
            try patch("{\"a\":\"" + String(repeating: "v", count: 513) + "\"}")
        }
        #expect(throws: HubError.tooDeep(limit: 5, envelope: .twin)) { try patch(Self.nested(6)) }
        _ = try patch(Self.nested(5))
    }

    @Test("Of repeated names the last one counts, also when it is spelled with escapes")
    func lastDuplicateWins() throws {
        let patch = try ReportedPatch(
            body: JSONDocument(parsing: "{ \"a\":{\"x\":1}, \"b\":[{\"c\":1,\"c\":2}], \"\\u0061\":{\"y\":1} }"))
        #expect(String(decoding: patch.json, as: UTF8.self) == "{\"b\":[{\"c\":2}],\"a\":{\"y\":1}}")
    }
}
