import Foundation
import Testing

@testable import JSON

@Suite struct JSONParserTests {
    static let valid = [
        "{}", "[]", "0", "-0", "1", "-1", "10", "1.5", "-0.25", "1e5", "1E+5", "1e-5", "0e0", "1.0e10",
        "123456789012345678901234567890",
        "true", "false", "null", "\"\"", "\"a\"", " [ ] ", "\t{\r\n}\n", "[1,2,3]", "[[],[[]]]", "[null,true,false]",
        "{\"a\":1}",
        "{\"a\":{\"b\":{}}}", "{ \"a\" : 1 , \"b\" : [ 1 , 2 ] }", "{\"\":0}", "{\"a\":1,\"a\":2}",
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
        "\"\\u0000\"", "\"\\u00e9\"", "\"\\uD83D\\uDE00\"", "\"\\ud83d\\ude00\"", "\"é\"", "\"€\"", "\"😀\"",
        "\"\u{7F}\"", "\"\u{10FFFF}\"",
        "\"\\uFFFF\"", "\"\u{FFFF}\"", "\"plain text that is longer than eight bytes\"",
        "\"12345678\\n12345678é12345678\"",
        "[1.7976931348623157e308,-1e400,5e-324]", "\u{FEFF}{}",
    ]

    @Test("Well-formed texts are accepted", arguments: valid)
    func accepts(_ text: String) throws {
        let bytes = Array(text.utf8)
        let document = try JSONDocument(parsing: bytes)
        #expect(document.bytes == bytes)
    }

    static let invalid: [(text: String, reason: JSONError.Reason, offset: Int)] = [
        ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("\u{FEFF}", .unexpectedEnd, 3), ("{", .unexpectedEnd, 1),
        ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3), ("{\"a\"", .unexpectedEnd, 4),
        ("{\"a\":", .unexpectedEnd, 5), ("{\"a\":1", .unexpectedEnd, 6), ("{\"a\":1,", .unexpectedEnd, 7),
        ("\"", .unexpectedEnd, 1),
        ("\"abc", .unexpectedEnd, 4), ("\"\\", .unexpectedEnd, 2), ("\"\\u12", .unexpectedEnd, 5),
        ("tru", .unexpectedEnd, 3),
        ("-", .unexpectedEnd, 1), ("1.", .unexpectedEnd, 2), ("1e", .unexpectedEnd, 2), ("1e+", .unexpectedEnd, 3),
        ("]", .unexpectedByte(0x5D), 0), ("}", .unexpectedByte(0x7D), 0), (",", .unexpectedByte(0x2C), 0),
        ("[,]", .unexpectedByte(0x2C), 1),
        ("[1,]", .unexpectedByte(0x5D), 3), ("[1 2]", .unexpectedByte(0x32), 3), ("[1}", .unexpectedByte(0x7D), 2),
        ("{1:2}", .unexpectedByte(0x31), 1), ("{\"a\" 1}", .unexpectedByte(0x31), 5),
        ("{\"a\":1,}", .unexpectedByte(0x7D), 7),
        ("{\"a\":1]", .unexpectedByte(0x5D), 6), ("{'a':1}", .unexpectedByte(0x27), 1),
        ("{a:1}", .unexpectedByte(0x61), 1),
        ("{\"a\":}", .unexpectedByte(0x7D), 5), ("{\"a\"::1}", .unexpectedByte(0x3A), 5),
        ("{,}", .unexpectedByte(0x2C), 1),
        ("True", .unexpectedByte(0x54), 0), ("nul1", .unexpectedByte(0x31), 3), ("NaN", .unexpectedByte(0x4E), 0),
        ("+1", .unexpectedByte(0x2B), 0),
        (".5", .unexpectedByte(0x2E), 0), ("//x\n1", .unexpectedByte(0x2F), 0), ("\u{A0}1", .unexpectedByte(0xC2), 0),
        ("01", .invalidNumber, 1), ("-01", .invalidNumber, 2), ("-a", .invalidNumber, 1), ("1.a", .invalidNumber, 2),
        ("1.e5", .invalidNumber, 2), ("1ea", .invalidNumber, 2), ("-Infinity", .invalidNumber, 1),
        ("1 2", .trailingBytes, 2), ("{}{}", .trailingBytes, 2), ("nulll", .trailingBytes, 4),
        ("1.5.5", .trailingBytes, 3),
        ("0x10", .trailingBytes, 1), ("{}\0", .trailingBytes, 2), ("[]\u{FEFF}", .trailingBytes, 2),
        ("\"\\x\"", .invalidEscape, 1), ("\"\\u12g4\"", .invalidEscape, 1), ("\"\\U1234\"", .invalidEscape, 1),
        ("\"\\u+123\"", .invalidEscape, 1),
        ("\"\\ud800\"", .loneSurrogate, 1), ("\"\\udc00\"", .loneSurrogate, 1), ("\"\\ud800x\"", .loneSurrogate, 1),
        ("\"\\ud800\\n\"", .loneSurrogate, 1), ("\"\\ud800\\ud800\"", .loneSurrogate, 1),
        ("\"\\ude00\\ud83d\"", .loneSurrogate, 1),
        ("\"a\nb\"", .controlCharacter(0x0A), 2), ("\"\0\"", .controlCharacter(0), 1),
        ("\"long enough\tto be\"", .controlCharacter(9), 12),
        ("{\"\u{1F}\":1}", .controlCharacter(0x1F), 2),
    ]

    @Test("Malformed texts are refused with the place and the reason", arguments: invalid)
    func refuses(_ sample: (text: String, reason: JSONError.Reason, offset: Int)) {
        #expect(throws: JSONError(sample.reason, at: sample.offset)) { try JSONDocument(parsing: sample.text) }
    }

    @Test("A string is UTF-8 exactly where the standard library says so")
    func checksUTF8() {
        let seconds: [UInt8] = [0x00, 0x22, 0x5C, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xED, 0xFF]
        for lead in UInt8(0x80)...0xFF {
            for second in seconds {
                for tail in [[], [0x80], [0x80, 0x80], [0xBF, 0xBF, 0xBF], [0x80, 0x41]] as [[UInt8]] {
                    let content = [lead, second] + tail
                    let isText = String(validating: content, as: UTF8.self) != nil
                    let isPlain = content.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }
                    let parsed = try? JSONDocument(parsing: [0x22] + content + [0x22])
                    if isPlain { #expect((parsed != nil) == isText, "\(content)") }
                }
            }
        }
    }

    @Test("Bytes that are not ASCII are found at every place of a word")
    func findsStopsEverywhere() throws {
        for position in 0..<24 {
            for stop in ["é", "\\n", "\\u00e9", "\u{7F}", "~", "!"] {
                let content =
                    String(repeating: "a", count: position) + stop + String(repeating: "b", count: 24 - position)
                let value = try JSONDocument(parsing: "\"\(content)\"").root.string
                let expected = content.replacingOccurrences(of: "\\n", with: "\n").replacingOccurrences(
                    of: "\\u00e9", with: "é")
                #expect(value == expected)
            }
            let broken =
                [0x22] + [UInt8](repeating: 0x61, count: position) + [0x80] + [UInt8](repeating: 0x62, count: 12) + [
                    0x22
                ]
            #expect(throws: JSONError(.invalidUTF8, at: position + 1)) { try JSONDocument(parsing: broken) }
        }
    }

    @Test("Nesting, length and numbers have limits")
    func keepsLimits() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONDocument(parsing: nested(64))
        #expect(throws: JSONError(.tooDeep(limit: 64), at: 64)) { try JSONDocument(parsing: nested(65)) }
        #expect(throws: JSONError(.tooDeep(limit: 2), at: 10)) {
            try JSONDocument(parsing: "{\"a\":{\"b\":[]}}", limits: JSONLimits(depth: 2))
        }
        #expect(throws: JSONError(.tooLong(limit: 3), at: 3)) {
            try JSONDocument(parsing: "[1,2]", limits: JSONLimits(length: 3))
        }
        _ = try JSONDocument(parsing: String(repeating: "1", count: 1024))
        #expect(throws: JSONError(.numberTooLong(limit: 1024), at: 1)) {
            try JSONDocument(parsing: "[" + String(repeating: "1", count: 1025) + "]")
        }
    }

    @Test("No text that is cut short is accepted, and no changed byte upsets the parser")
    func survivesDamage() throws {
        let text = Array("{\"a\":[1,-2.5e+3,true,null],\"é\\u00e9\\ud83d\\ude00\":{\"x\":\"y\\n\",\"z\":[]}}".utf8)
        _ = try JSONDocument(parsing: text)
        for end in 0..<text.count { #expect(throws: JSONError.self) { try JSONDocument(parsing: Array(text[..<end])) } }
        for position in text.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = text
                damaged[position] = byte
                guard let document = try? JSONDocument(parsing: damaged) else { continue }
                // What is accepted, another parser accepts as well.
                #expect(
                    (try? JSONSerialization.jsonObject(with: Data(document.bytes), options: .fragmentsAllowed)) != nil)
            }
        }
    }

    @Test("Errors say where and why")
    func describesErrors() {
        #expect(JSONError(.unexpectedByte(0x7D), at: 5).description == "unexpected '}' at byte 5")
        #expect(JSONError(.unexpectedByte(0x0A), at: 5).description == "unexpected byte 0x0A at byte 5")
        #expect(
            JSONError(.tooDeep(limit: 64), at: 9).description
                == "more than 64 objects and arrays inside one another at byte 9")
    }
}
