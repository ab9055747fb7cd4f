import JSON
import Testing

@testable import Query

/// Random conditions over random documents, against an evaluator that is as plain as it can be.
struct NaiveComparisonTests {
    @Test(arguments: 0..<20)
    func `The evaluator agrees with a naive one`(seed: Int) throws {
        var random = Random(state: UInt64(seed) &* 7919 &+ 1)
        for _ in 0..<25 {
            let document = Naive.document(&random)
            let text = document.text
            for _ in 0..<20 {
                let condition = NaiveCondition.random(&random, depth: 3)
                let expected = condition.value(in: document) == .boolean(true)
                let found = try QueryDocument(Array(text.utf8)).withView(TwinCondition(parsing: condition.text).matches)
                #expect(found == expected, "\(condition.text) over \(text)")
            }
        }
    }
}

/// A small generator of numbers, the same everywhere.
struct Random {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}

/// A JSON value as a tree.
indirect enum Naive: Equatable {
    case undefined, null
    case boolean(Bool)
    case number(Int)
    case text(String)
    case array([Naive])
    case object([(String, Naive)])

    static func == (left: Naive, right: Naive) -> Bool { left.text == right.text }

    static let keys = ["a", "b", "key with space", "c\"q", "ü"]

    static func document(_ random: inout Random) -> Naive {
        .object([
            ("deviceId", .text("d\(random.below(3))")), ("tags", object(&random, 3)),
            ("version", .number(random.below(4))),
        ])
    }

    static func object(_ random: inout Random, _ depth: Int) -> Naive {
        .object(keys.filter { _ in random.below(3) > 0 }.map { ($0, value(&random, depth - 1)) })
    }

    static func value(_ random: inout Random, _ depth: Int) -> Naive {
        switch random.below(depth > 0 ? 7 : 5) {
        case 0: .boolean(random.below(2) == 0)
        case 1, 2: .number(random.below(7) - 3)
        case 3: .null
        case 4: .text(["", "x", "xy", "\"\\", "ü"][random.below(5)])
        case 5: .array((0..<random.below(3)).map { _ in value(&random, depth - 1) })
        default: object(&random, depth)
        }
    }

    var text: String {
        switch self {
        case .undefined: "undefined"
        case .null: "null"
        case .boolean(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .text(let text): quoted(text)
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ", ") + "]"
        case .object(let members): "{" + members.map { "\(quoted($0.0)) : \($0.1.text)" }.joined(separator: ",") + "}"
        }
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

/// A condition with its text and its meaning.
indirect enum NaiveCondition {
    case literal(Naive)
    case path([String])
    case element([String], Int)
    case not(NaiveCondition)
    case and(NaiveCondition, NaiveCondition)
    case or(NaiveCondition, NaiveCondition)
    case compare(String, NaiveCondition, NaiveCondition)
    case isIn(NaiveCondition, [Naive], String)
    case plus(NaiveCondition, NaiveCondition)
    case function(String, NaiveCondition)
    case starts(NaiveCondition, NaiveCondition)

    static func random(_ random: inout Random, depth: Int) -> NaiveCondition {
        guard depth > 0 else { return operand(&random) }
        func inner(_ random: inout Random) -> NaiveCondition { NaiveCondition.random(&random, depth: depth - 1) }
        switch random.below(10) {
        case 0: return .not(inner(&random))
        case 1, 2: return .and(inner(&random), inner(&random))
        case 3, 4: return .or(inner(&random), inner(&random))
        case 5:
            let list = (0..<random.below(random.below(2) == 0 ? 3 : 12)).map { _ in scalar(&random) }
            return .isIn(operand(&random), list, random.below(2) == 0 ? "IN" : "NIN")
        case 6:
            let names = [
                "IS_DEFINED", "IS_NULL", "IS_NUMBER", "IS_STRING", "IS_BOOL", "IS_OBJECT", "IS_ARRAY", "IS_PRIMITIVE",
            ]
            return .function(names[random.below(names.count)], operand(&random))
        case 7: return .starts(operand(&random), .literal(.text(["", "x", "ü"][random.below(3)])))
        default:
            let marks = ["=", "!=", "<>", "<", "<=", ">", ">="]
            return .compare(marks[random.below(marks.count)], inner(&random), inner(&random))
        }
    }

    private static func scalar(_ random: inout Random) -> Naive {
        let value = Naive.value(&random, 0)
        return value == .null ? .text("null") : value
    }

    private static func operand(_ random: inout Random) -> NaiveCondition {
        switch random.below(6) {
        case 0: return .literal(Naive.value(&random, 0))
        case 1: return .literal(.undefined)
        case 2: return .plus(.path(["version"]), .literal(.number(random.below(3))))
        case 3: return .element(["tags", Naive.keys[random.below(5)]], random.below(2))
        default: return .path(["tags"] + (0..<random.below(3) + 1).map { _ in Naive.keys[random.below(5)] })
        }
    }

    var text: String {
        switch self {
        case .literal(.text(let text)):
            return "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
        case .literal(let value): return value.text
        case .path(let keys): return Self.path(keys)
        case .element(let keys, let index): return "\(Self.path(keys))[\(index)]"
        case .not(let inner): return "NOT (\(inner.text))"
        case .and(let a, let b): return "(\(a.text) AND \(b.text))"
        case .or(let a, let b): return "(\(a.text) OR \(b.text))"
        case .compare(let mark, let a, let b): return "(\(a.text)) \(mark) (\(b.text))"
        case .isIn(let inner, let list, let word):
            let texts = list.map { NaiveCondition.literal($0).text }
            return "\(inner.text) \(word) [\(texts.joined(separator: ","))]"
        case .plus(let a, let b): return "(\(a.text) + \(b.text))"
        case .function(let name, let inner): return "\(name)(\(inner.text))"
        case .starts(let a, let b): return "STARTSWITH(\(a.text), \(b.text))"
        }
    }

    private static func path(_ keys: [String]) -> String {
        keys[0] + keys.dropFirst().map { ".[[\($0)]]" }.joined()
    }

    func value(in document: Naive) -> Naive {
        func truth(_ condition: NaiveCondition) -> Bool? {
            if case .boolean(let flag) = condition.value(in: document) { flag } else { nil }
        }
        switch self {
        case .literal(let value): return value
        case .path(let keys): return Self.find(keys, document)
        case .element(let keys, let index):
            guard case .array(let elements) = Self.find(keys, document), index < elements.count else {
                return .undefined
            }
            return elements[index]
        case .not(let inner): return truth(inner).map { .boolean(!$0) } ?? .undefined
        case .and(let a, let b):
            let (a, b) = (truth(a), truth(b))
            if a == false || b == false { return .boolean(false) }
            return a == nil || b == nil ? .undefined : .boolean(true)
        case .or(let a, let b):
            let (a, b) = (truth(a), truth(b))
            if a == true || b == true { return .boolean(true) }
            return a == nil || b == nil ? .undefined : .boolean(false)
        case .compare(let mark, let a, let b):
            return Self.compare(mark, a.value(in: document), b.value(in: document))
        case .isIn(let inner, let list, let word):
            let value = inner.value(in: document)
            switch value {
            case .undefined, .array, .object: return .undefined
            default:
                let isThere = list.contains { Self.compare("=", value, $0) == .boolean(true) }
                return .boolean(isThere == (word == "IN"))
            }
        case .plus(let a, let b):
            guard case .number(let x) = a.value(in: document), case .number(let y) = b.value(in: document) else {
                return .undefined
            }
            return .number(x + y)
        case .function(let name, let inner): return .boolean(Self.test(name, inner.value(in: document)))
        case .starts(let a, let b):
            guard case .text(let x) = a.value(in: document), case .text(let y) = b.value(in: document) else {
                return .undefined
            }
            return .boolean(x.hasPrefix(y))
        }
    }

    private static func find(_ keys: [String], _ document: Naive) -> Naive {
        var value = document
        for key in keys {
            guard case .object(let members) = value, let member = members.first(where: { $0.0 == key }) else {
                return .undefined
            }
            value = member.1
        }
        return value
    }

    private static func compare(_ mark: String, _ a: Naive, _ b: Naive) -> Naive {
        var order: Int?
        var isEqual = false
        switch (a, b) {
        case (.undefined, _), (_, .undefined), (.array, _), (_, .array), (.object, _), (_, .object): return .undefined
        case (.number(let x), .number(let y)): (order, isEqual) = (x < y ? -1 : x > y ? 1 : 0, x == y)
        case (.text(let x), .text(let y)):
            let (x, y) = (Array(x.utf8), Array(y.utf8))
            (order, isEqual) = (x == y ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1, x == y)
        case (.boolean(let x), .boolean(let y)): isEqual = x == y
        case (.null, .null): isEqual = true
        default: break
        }
        switch mark {
        case "=": return .boolean(isEqual)
        case "!=", "<>": return .boolean(!isEqual)
        case "<": return order.map { .boolean($0 < 0) } ?? .undefined
        case "<=": return order.map { .boolean($0 <= 0) } ?? .undefined
        case ">": return order.map { .boolean($0 > 0) } ?? .undefined
        default: return order.map { .boolean($0 >= 0) } ?? .undefined
        }
    }

    private static func test(_ name: String, _ value: Naive) -> Bool {
        switch (name, value) {
        case ("IS_DEFINED", .undefined): false
        case ("IS_DEFINED", _), ("IS_NULL", .null), ("IS_NUMBER", .number), ("IS_STRING", .text), ("IS_BOOL", .boolean),
            ("IS_OBJECT", .object), ("IS_ARRAY", .array), ("IS_PRIMITIVE", .number), ("IS_PRIMITIVE", .text),
            ("IS_PRIMITIVE", .boolean), ("IS_PRIMITIVE", .null):
            true
        default: false
        }
    }
}
