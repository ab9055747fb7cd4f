import Dispatch
import JSON
import Testing

@testable import Query

/// Whatever stands in a condition, it is compiled or refused with a place within it, and what is compiled comes to an end.
struct RouteFuzzTests {
    private static let words = [
        "key1", "none", "$contentType", "{$contentType}", "$body.a", "$body.a[0].b", "$BODY.x", "$twin.tags.t", "$twin",
        "$body", "'text'", "\"text\"", "'it\\'s'", "12", "0x1F", "1e400", "-", "null", "true", "false", "undefined",
        "(",
        ")", ",", "+", "*", "/", "%", "||", "??", "=", "!=", "<>", "<", "<=", ">", ">=", "and", "OR", "not", "in", "[",
        "]",
        "length(", "as_number(", "concat(", "is_defined(", "starts_with(", "substring(", "index_of(", "power(",
        "nothing(",
        "twin_change_includes(", ".", "{", "}", "é", "\n", "'open", "$", "\u{0}",
    ]

    private static let message = RouteMessage(
        application: [("key1", "3")], system: [("contentType", "application/json"), ("contentEncoding", "utf-8")],
        body: Array(#"{"a":[{"b":1e308}],"x":"é","n":null}"#.utf8), twin: Array(#"{"tags":{"t":-0.5}}"#.utf8))

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `Nothing that is written crashes`(seed: UInt64) {
        var random = Generator(state: seed)
        var compiled = 0
        for _ in 0..<5000 {
            let count = Int.random(in: 1...12, using: &random)
            let text = (0..<count).map { _ in Self.words.randomElement(using: &random) ?? "" }
                .joined(separator: Bool.random(using: &random) ? " " : "")
            do throws(RouteConditionError) {
                _ = try RouteCondition(parsing: text, isOfTwinChanges: Bool.random(using: &random))
                    .result(for: Self.message)
                compiled += 1
            } catch {
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                for place in [error.start, error.end] {
                    #expect((1...lines.count).contains(place.line), "\(text): \(error)")
                    // One behind the last character is the end.
                    let length = lines[min(place.line, lines.count) - 1].count
                    #expect((1...length + 1).contains(place.column), "\(text): \(error)")
                }
                #expect(!error.message.isEmpty)
            }
        }
        #expect(compiled > 50)
    }

    @Test func `What nests too deep is refused`() {
        for text in [
            String(repeating: "(", count: 10_000), String(repeating: "not ", count: 2000) + "true",
            String(repeating: "length(", count: 1000), String(repeating: "-", count: 4000) + "1 = 1",
        ] {
            #expect(throws: RouteConditionError.self) { try RouteCondition(parsing: text) }
        }
    }

    @Test func `The longest chains come to an end on a queue's thread`() async {
        for (first, link) in [("true", " and true"), ("1", "+1"), ("'a'", "||'a'"), ("true", "??true")] {
            let count = (QueryLimits.characters - 20) / link.utf8.count
            var text = first + String(repeating: link, count: count)
            if link == "+1" { text += " > 0" }
            if link == "||'a'" { text += " <> ''" }
            let condition = text
            let result = await withCheckedContinuation { continuation in
                DispatchQueue(label: "test").async {
                    continuation.resume(
                        returning: (try? RouteCondition(parsing: condition))?.result(for: Self.message))
                }
            }
            #expect(result == .true, "\(link)")
        }
    }

    /// SplitMix64: the same run for the same seed.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}
