import Foundation
import TestSupport
import Testing

@testable import JSON

@Suite struct JSONValueTests {
    @Test("A value gives its kind, its text and where it stands")
    func givesValues() throws {
        let text =
            "{ \"s\" : \"x\\u00e9\" , \"i\":-12,\"f\":1.50,\"t\":true,\"n\":null,\"a\":[1, {\"b\":2}],\"big\":9223372036854775808 }"
        let root = try JSONDocument(parsing: text).root
        #expect(root.kind == .object)
        #expect(root.count == 7)
        #expect(root["s"]?.string == "xé")
        #expect(root["s"].map { String(decoding: $0.raw, as: UTF8.self) } == "\"x\\u00e9\"")
        #expect(root["i"]?.int == -12)
        #expect(root["i"]?.double == -12)
        #expect(root["f"]?.int == nil)
        #expect(root["f"]?.double == 1.5)
        #expect(root["f"].map { String(decoding: $0.raw, as: UTF8.self) } == "1.50")
        #expect(root["t"]?.bool == true)
        #expect(root["n"]?.isNull == true)
        #expect(root["big"]?.int == nil)
        #expect(root["a"]?.count == 2)
        #expect(root["a"].map { String(decoding: $0.raw, as: UTF8.self) } == "[1, {\"b\":2}]")
        #expect(root["a"]?.elements.map(\.kind) == [.number, .object])
        #expect(root["missing"] == nil)
        #expect(root["s"]?["x"] == nil)
        #expect(root["s"]?.int == nil)
        #expect(root["i"]?.string == nil)
        #expect(root.members.map(\.key) == ["s", "i", "f", "t", "n", "a", "big"])
        #expect(root["a"].map { Array($0.members).isEmpty } == true)
        #expect(Array(root.elements).isEmpty)
        #expect(root["i"].map { root.document[$0.range] }.map(Array.init) == Array("-12".utf8))
    }

    @Test("Of repeated keys the last one counts, however it is spelled")
    func lastDuplicateWins() throws {
        let root = try JSONDocument(parsing: "{\"a\":1,\"b\":2,\"\\u0061\":3}").root
        #expect(root["a"]?.int == 3)
        #expect(root["b"]?.int == 2)
        #expect(root.count == 3)
    }

    @Test("A counter is a whole number that is not negative and leaves room to count on")
    func counters() throws {
        let samples: [(String, UInt64?)] = [
            ("0", 0), ("7", 7), ("9223372036854775807", 9_223_372_036_854_775_807), ("-1", nil), ("1.0", nil),
            ("1e3", nil),
            ("9223372036854775808", nil), ("18446744073709551615", nil), ("\"7\"", nil), ("null", nil), ("[]", nil),
        ]
        for (text, counter) in samples { #expect(try JSONDocument(parsing: text).root.counter == counter, "\(text)") }
    }

    static let strings: [(source: String, value: String)] = [
        ("\"\"", ""), ("\"\\\"\\\\\\/\"", "\"\\/"), ("\"\\b\\f\\n\\r\\t\"", "\u{8}\u{C}\n\r\t"),
        ("\"\\u0041\\u00E9\\u20ac\"", "Aé€"),
        ("\"\\uD83D\\uDE00!\"", "😀!"), ("\"\\u0000\"", "\0"), ("\"a\\u007fb\"", "a\u{7F}b"),
        ("\"\\uDBFF\\uDFFF\"", "\u{10FFFF}"),
        ("\"é€😀\"", "é€😀"),
    ]

    @Test("Escapes are decoded, and the writer gives the same value back", arguments: strings)
    func decodes(_ sample: (source: String, value: String)) throws {
        #expect(try JSONDocument(parsing: sample.source).root.string == sample.value)
        var quoted: [UInt8] = []
        JSONText.appendQuoted(sample.value, to: &quoted)
        #expect(try JSONDocument(parsing: quoted).root.string == sample.value)
        let foundation = try JSONSerialization.jsonObject(with: Data(quoted), options: .fragmentsAllowed) as? String
        #expect(foundation == sample.value)
    }

    @Test("An object with more members than a node counts still has them all")
    func countsManyMembers() throws {
        let text = "[" + String(repeating: "0,", count: 70_000) + "0]"
        #expect(try JSONDocument(parsing: text).root.count == 70_001)
    }

    @Test("A value outlives the document it came from")
    func keepsDocumentAlive() throws {
        func inner() throws -> JSONValue? { try JSONDocument(parsing: "{\"a\":{\"b\":\"c\"}}").root["a"] }
        #expect(try inner()?["b"]?.string == "c")
    }

    @Test("Random documents read as another parser reads them")
    func agreesWithFoundation() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2000 {
            let text = RandomText.value(depth: 4, using: &random)
            let ours = try JSONDocument(parsing: text).root
            let theirs = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            #expect(same(ours, theirs), "\(text)")
        }
    }

    private func same(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours.kind {
        case .null: return theirs is NSNull
        case .bool: return (theirs as? NSNumber)?.boolValue == ours.bool
        case .number: return (theirs as? NSNumber)?.doubleValue == ours.double
        case .string: return theirs as? String == ours.string
        case .array:
            guard let array = theirs as? [Any], array.count == ours.count else { return false }
            return zip(ours.elements, array).allSatisfy(same)
        case .object:
            guard let object = theirs as? [String: Any], object.count == Set(ours.members.map(\.key)).count else {
                return false
            }
            return object.allSatisfy { key, value in ours[key].map { same($0, value) } ?? false }
        }
    }
}
