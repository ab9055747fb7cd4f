import JSON
import Testing

@testable import Query

/// What is found in a text by skipping, against the full parser.
struct DocumentViewTests {
    @Test(arguments: 0..<20)
    func `Every value is found where the parser finds it, and nothing where there is nothing`(seed: Int) throws {
        var random = Random(state: UInt64(seed) &* 15_485_863 &+ 11)
        for _ in 0..<15 {
            let text = Array(OddText.object(&random, depth: 4).utf8)
            let root = try JSONDocument(parsing: text).root
            for layout in [DocumentLayout.unknown, .twin(isModule: false)] {
                let differences = QueryDocument(text, layout).withView { self.differences($0, root, at: []) }
                #expect(differences.isEmpty, "\(String(decoding: text, as: UTF8.self))")
            }
        }
    }

    /// Paths at which something else is found than what the parser has found there and below.
    private func differences(_ document: DocumentView, _ value: JSONValue, at path: [PropertyPath.Step]) -> [String] {
        let isSame =
            document.place(of: PropertyPath(steps: path)).map { place in
                place.text.elementsEqual(value.raw) && QueryValue(place) == expected(value)
                    && place.text.baseAddress! - document.text.baseAddress! == value.range.lowerBound
            } ?? false
        var different = isSame ? [] : [PropertyPath(steps: path).description]
        var beside: [PropertyPath.Step] = [.element(Array(value.elements).count)]
        let keys = Set(value.members.map(\.key))
        beside += OddText.keys.filter { !keys.contains($0) }.map { .key(Array($0.utf8)) }
        for step in beside where document.place(of: PropertyPath(steps: path + [step])) != nil {
            different.append(PropertyPath(steps: path + [step]).description)
        }
        for (key, inner) in value.members {
            different += differences(document, inner, at: path + [.key(Array(key.utf8))])
        }
        for (index, inner) in value.elements.enumerated() {
            different += differences(document, inner, at: path + [.element(index)])
        }
        return different
    }

    private func expected(_ value: JSONValue) -> QueryValue {
        switch value.kind {
        case .null: .null
        case .bool: .boolean(value.bool == true)
        case .number: .number(Double(String(decoding: value.raw, as: UTF8.self)) ?? .nan)
        case .string: .text(Array(value.string?.utf8 ?? "none".utf8)[...])
        case .object: .object(Array(value.raw)[...])
        case .array: .array(Array(value.raw)[...])
        }
    }

    @Test(arguments: [#"{"a":1,"a":2}"#, #"{"a":1, "\u0061" : 2}"#, #"{"a":{"a":3},"a":2}"#])
    func `Of a key that stands twice the last value counts`(text: String) throws {
        let query = try TwinQuery(parsing: "SELECT * FROM devices WHERE a = 2")
        #expect(QueryDocument(Array(text.utf8)).withView(query.matches))
    }

    @Test(arguments: [
        (#"{"a\"b":1}"#, #"a"b"#), (#"{"x":"a\":2","a":3}"#, "a"), (#"{"\u00fc\ud83d\ude00":4}"#, "ü😀"),
        (#"{"":5}"#, ""),
        (#"{"a\\":6}"#, #"a\"#), (#"{"a\/b":7}"#, "a/b"),
    ])
    func `Keys are the same however they are written`(text: String, key: String) {
        QueryDocument(Array(text.utf8)).withView { document in
            let place = document.place(of: PropertyPath(steps: [.key(Array(key.utf8))]))
            #expect(place?.text.count == 1, "\(text)")
        }
    }

    /// A key with a quote in it, looked for as bytes, would be found across the end of another one.
    @Test func `A key is not found in what only looks like it`() {
        let key = Array(#"a":1,"b"#.utf8)
        QueryDocument(Array(#"{"a":1,"b":2}"#.utf8)).withView { document in
            #expect(document.place(of: PropertyPath(steps: [.key(key)])) == nil)
        }
    }

    @Test(arguments: [
        "0", "-0", "1.0", "0.1", "-12.75", "123456789012345", "1234567890123456", "9007199254740993",
        "0.1234567890123456",
        "1e3", "1E-7", "2.5e+10", "1e400", "-1e400", "4.9e-324", "100000000000000000000", "0.30000000000000004",
        "999999999999.999",
    ])
    func `A number is the double next to it`(text: String) {
        let found = Array(text.utf8).withUnsafeBufferPointer { NumberText.value($0) }
        #expect(found == Double(text))
    }

    @Test(arguments: 0..<10)
    func `Numbers of any length are the doubles next to them`(seed: Int) {
        var random = Random(state: UInt64(seed) &* 613 &+ 7)
        for _ in 0..<50 {
            let digits = { (count: Int) in (0..<count).map { _ in "\(random.below(10))" }.joined() }
            let text = (random.below(2) == 0 ? "-" : "") + "\(random.below(100))" + "." + digits(random.below(18) + 1)
            #expect(Array(text.utf8).withUnsafeBufferPointer { NumberText.value($0) } == Double(text), "\(text)")
        }
    }
}

/// Values that are numbered, and bytes that are looked up.
struct ValueNumberTests {
    @Test func `Equal values have one number, however they are written`() {
        var numbers = ValueNumbers()
        let spellings = [
            "1", "1.0", "10e-1", #""a""#, #""\u0061""#, "true", "null", #""1""#, "1", #""a""#, "-0", "0", "0.0",
        ]
        let found = spellings.map { number(of: $0, &numbers) }
        #expect(found == [0, 0, 0, 1, 1, 2, 3, 4, 0, 1, 5, 5, 5])
        #expect(numbers.count == 6)
        let kept = numbers.keeping { $0 != 1 && $0 != 2 }
        #expect(kept.count == 4)
        #expect(kept.number(of: .text(Array("a".utf8)[...])) == nil)
        #expect(kept.number(of: .text(Array("1".utf8)[...])) == 2)
    }

    private func number(of text: String, _ numbers: inout ValueNumbers) -> Int {
        Array(text.utf8).withUnsafeBufferPointer {
            numbers.number(of: DocumentView.Place(scanner: TextScanner($0), position: 0))
        }
    }

    @Test(arguments: 0..<10)
    func `A table of bytes holds what a dictionary holds`(seed: Int) {
        var random = Random(state: UInt64(seed) &* 31 &+ 5)
        var (table, expected) = (ByteTable(), [[UInt8]: Int]())
        for round in 0..<1_000 {
            let key = (0..<random.below(20)).map { _ in UInt8(random.below(4)) }
            let known = key.withUnsafeBufferPointer { table.number(of: $0) }
            guard known == nil, expected[key] == nil else {
                #expect(known == expected[key])
                continue
            }
            key.withUnsafeBufferPointer { table.add($0, round) }
            expected[key] = round
        }
        #expect(table.count == expected.count)
    }
}

/// JSON objects with all that the grammar has in them, oddly written. Keys within one object differ.
enum OddText {
    static let keys = ["a", "b", "ab", "", "ü", "a\"b", "back\\slash", "long key with spaces", "😀", "{", "]"]

    static func object(_ random: inout Random, depth: Int) -> String {
        let members = keys.filter { _ in random.below(3) == 0 }.map { key in
            space(&random) + string(key, &random) + space(&random) + ":" + value(&random, depth: depth - 1)
        }
        return "{" + (members.isEmpty ? space(&random) : members.joined(separator: ",")) + "}"
    }

    private static func value(_ random: inout Random, depth: Int) -> String {
        let before = space(&random)
        let value: String
        switch random.below(depth > 0 ? 8 : 5) {
        case 0: value = ["null", "true", "false"][random.below(3)]
        case 1:
            value =
                ["0", "-0", "12", "-7.25", "1.0", "1e2", "1E+2", "123456789012345678901", "2.5e-3"][random.below(9)]
        case 2, 3, 4:
            let pieces = [
                "a", "{", "}", "[", "]", "\"", "\\", ":", ",", "ü", "😀", "eight or more characters", "\n", "\u{1}",
            ]
            value = string((0..<random.below(6)).map { _ in pieces[random.below(pieces.count)] }.joined(), &random)
        case 5: value = object(&random, depth: depth)
        default:
            let elements = (0..<random.below(4)).map { _ in self.value(&random, depth: depth - 1) }
            value = "[" + (elements.isEmpty ? space(&random) : elements.joined(separator: ",")) + "]"
        }
        return before + value + space(&random)
    }

    private static func space(_ random: inout Random) -> String {
        ["", "", "", " ", "\n\t", "\r\n  "][random.below(6)]
    }

    /// With escapes where they must be, and here and there where they need not.
    private static func string(_ text: String, _ random: inout Random) -> String {
        var written = "\""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            switch random.below(mustEscape ? 2 : 6) {
            case 0 where scalar == "\"" || scalar == "\\": written += "\\" + String(scalar)
            case 0,
                1 where mustEscape:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: random.below(2) == 0)
                    written += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: written += String(scalar)
            }
        }
        return written + "\""
    }
}
