import JSON
import Testing

@testable import Query

/// What is found by values, against looking at every document.
struct PlanningTests {
    /// Documents come, change and go under random conditions.
    @Test(arguments: 0..<30)
    func `Nothing that matches is missing from what the values name`(seed: Int) throws {
        var random = Random(state: UInt64(seed) &* 104_729 &+ 3)
        var documents: [Int32: QueryDocument] = [:]
        var table = ValueTable()
        var (narrowed, answered, exact) = (0, 0, 0)
        for _ in 0..<60 {
            for _ in 0..<4 {
                let place = Int32(random.below(40))
                documents[place] = nil
                if random.below(4) > 0 { documents[place] = QueryDocument(Array(Naive.document(&random).text.utf8)) }
                table.set(documents[place], at: place)
            }
            let condition = bounding(&random, depth: random.below(3))
            let query = try TwinQuery(parsing: "SELECT * FROM devices WHERE \(condition.text)")
            let access = try #require(query.access)
            if random.below(3) == 0, let path = access.paths.first {
                table.removeColumn(path)
            } else {
                for path in access.paths where !table.has(path) {
                    let known = table.count
                    table.addColumn(path)
                    for (place, document) in documents {
                        document.withView { table.set($0, at: place, fromColumn: known) }
                    }
                }
            }
            guard let search = table.search(for: access) else { continue }
            let places = table.places(search)
            #expect(Set(places).count == places.count, "\(condition.text)")
            #expect(search.parts.count == 1 ? search.atMost == places.count : search.atMost >= places.count)
            let named = places.filter { documents[$0].map { $0.withView(query.matches) } == true }
            #expect(named.count == documents.values.count { $0.withView(query.matches) }, "\(condition.text)")
            if access.isExact {
                #expect(named.count == places.count, "\(condition.text)")
                exact += 1
            }
            answered += 1
            if places.count < documents.count { narrowed += 1 }
        }
        #expect(answered > 20 && narrowed > 10 && exact > 0)
    }

    /// A condition that bounds some values, in one of the forms that do.
    private func bounding(_ random: inout Random, depth: Int) -> NaiveCondition {
        guard depth > 0 else {
            let path = NaiveCondition.path(["tags", Naive.keys[random.below(3)]])
            let value = Naive.value(&random, 0)
            switch random.below(5) {
            case 0:
                let list = [1, 2, 2].map { Naive.number(random.below($0 + 1)) } + [.text("x")]
                return .isIn(path, list, "IN")
            case 1: return .starts(path, .literal(.text(["", "x", "ü"][random.below(3)])))
            case 2: return .compare(["=", "<", ">="][random.below(3)], .literal(value), path)
            default: return .compare(["=", "<", "<=", ">", ">="][random.below(5)], path, .literal(value))
            }
        }
        let part = bounding(&random, depth: depth - 1)
        switch random.below(4) {
        case 0: return .or(part, bounding(&random, depth: depth - 1))
        case 1: return .and(NaiveCondition.random(&random, depth: 2), part)
        default: return .and(part, bounding(&random, depth: depth - 1))
        }
    }

    @Test(arguments: [
        ("tags.a = 1", "tags.a"), ("1 < tags.a", "tags.a"), ("tags.a IN [1, 'x'] AND NOT tags.b = 2", "tags.a"),
        ("tags.a = 1 AND properties.reported.b.c > 2", "tags.a properties.reported.b.c"),
        ("tags.a = 1 OR tags.b = 2", "tags.a tags.b"), ("STARTSWITH(deviceId, 'd')", "deviceId"),
        ("tags.[[a b]] >= 'x' AND tags.a = 1", "tags.[[a b]] tags.a"),
    ])
    func `A condition bounds the values at its paths`(condition: String, paths: String) throws {
        let query = try TwinQuery(parsing: "SELECT * FROM devices WHERE \(condition)")
        #expect(query.access?.paths.map(\.description).joined(separator: " ") == paths)
    }

    @Test(arguments: [
        "tags.a != 1", "NOT tags.a = 1", "tags.a = 1 OR tags.b != 2", "tags.a NIN [1]", "tags.a = tags.b",
        "IS_DEFINED(tags.a)", "tags.a + 1 = 2", "ENDSWITH(tags.a, 'x')", "true",
    ])
    func `Where a condition bounds no value, everything has to be looked at`(condition: String) throws {
        #expect(try TwinQuery(parsing: "SELECT * FROM devices WHERE \(condition)").access == nil)
    }

    @Test func `Of several paths the one that names the fewest is used`() throws {
        var table = ValueTable()
        for path in try access("tags.a = 1 AND tags.b = 1").paths { table.addColumn(path) }
        for place in 0..<100 {
            table.set(document(#"{"tags":{"a":\#(place % 2),"b":\#(place % 50)}}"#), at: Int32(place))
        }
        func places(_ condition: String) throws -> [Int32]? {
            try table.search(for: access(condition)).map { table.places($0).sorted() }
        }
        #expect(try places("tags.a = 1 AND tags.b = 1") == [1, 51])
        #expect(try places("tags.b < 2 AND tags.a = 1") == [0, 1, 50, 51])
        #expect(try places("(tags.a = 0 OR tags.a = 1) AND (tags.b = 1 OR tags.b IN [2, 2])") == [1, 2, 51, 52])
        #expect(try places("tags.c = 1 OR tags.a = 1") == nil)
    }

    /// What is named is looked at, so it must be known beforehand whether it is worth it.
    @Test(arguments: [
        ("tags.a = 1", 50), ("tags.a = 7", 0), ("tags.a IN [0, 1, 1]", 100), ("tags.b < 3", 6), ("tags.b >= 3", 94),
        ("tags.a = 1 AND tags.b = 1", 2), ("tags.c = 1 AND tags.b = 1", 2), ("tags.a = 0 OR tags.a = 1", 100),
        ("tags.a = 1 OR tags.b = 1", 52), ("(tags.a = 0 OR tags.a = 1) AND tags.b = 1", 2),
        ("(tags.a = 0 AND tags.b = 0) OR (tags.a = 1 AND tags.b < 2)", 6),
    ])
    func `How many are named at most is known without naming any`(condition: String, atMost: Int) throws {
        var table = ValueTable()
        for path in try access("tags.a = 1 AND tags.b = 1").paths { table.addColumn(path) }
        for place in 0..<100 {
            table.set(document(#"{"tags":{"a":\#(place % 2),"b":\#(place % 50)}}"#), at: Int32(place))
        }
        #expect(try table.search(for: access(condition))?.atMost == atMost)
    }

    @Test(arguments: [
        ("jobId = 'a'", true), ("jobId = 'b'", false), ("jobId > 'a'", false), ("jobId >= 'a' AND status = 'x'", true),
        ("jobId = 'b' OR status = 'x'", true), ("jobId = 'b' OR jobId = 'c'", false), ("jobId IN ['a', 'c']", true),
        ("jobId = 1", false), ("STARTSWITH(jobId, 'a')", true), ("status = 'x'", true), ("NOT jobId = 'a'", true),
        ("NOT jobId = 'a' AND jobId < 'a'", false), ("outcome.jobId = 'b'", true),
    ])
    func `What is known of a document beforehand can rule it out`(condition: String, mayMatch: Bool) throws {
        let access = try TwinQuery(parsing: "SELECT * FROM devices.jobs WHERE \(condition)").access
        #expect(access?.admits(["jobId": "a"]) ?? true == mayMatch)
    }

    /// A twin whose sections are known beforehand reads as one of which nothing is known.
    @Test(arguments: 0..<20)
    func `Known sections change no answer`(seed: Int) throws {
        var random = Random(state: UInt64(seed) &* 6007 &+ 5)
        for _ in 0..<20 {
            let hasTags = random.below(4) > 0
            var text = Array(#"{"deviceId":"d1","version":\#(random.below(4))"#.utf8)
            var tags: Range<Int>?
            if hasTags {
                text += Array(#","tags":"#.utf8)
                tags = append(Naive.object(&random, 3), to: &text)
            }
            text += Array(#","properties":{"desired":"#.utf8)
            let desired = append(Naive.object(&random, 3), to: &text)
            text += Array(#","reported":"#.utf8)
            let reported = append(Naive.object(&random, 3), to: &text)
            text += Array(#"},"configurations":"#.utf8)
            _ = append(Naive.object(&random, 3), to: &text)
            text.append(UInt8(ascii: "}"))
            let known = QueryDocument(text, .twin(tags: tags, desired: desired, reported: reported, isModule: false))
            for root in ["tags", "properties.desired", "properties.reported", "properties", "configurations"] {
                let condition = NaiveCondition.random(&random, depth: 3).text.replacing("tags", with: root)
                let query = try TwinQuery(parsing: "SELECT * FROM devices WHERE \(condition)")
                let unknown = QueryDocument(text).withView(query.matches)
                #expect(known.withView(query.matches) == unknown, "\(condition) over \(text)")
            }
        }
    }

    /// Where it stands.
    private func append(_ value: Naive, to text: inout [UInt8]) -> Range<Int> {
        let start = text.count
        text += Array(value.text.utf8)
        return start..<text.count
    }

    @Test func `A module's twin has capabilities, in conditions and in rows`() throws {
        let text = #"{"deviceId":"d","moduleId":"m","properties":{"desired":{},"reported":{}}}"#
        let offset = Array(text.utf8).count
        let module = QueryDocument(
            Array(text.utf8),
            .twin(
                tags: nil, desired: offset - 18..<offset - 16, reported: offset - 4..<offset - 2, isModule: true))
        let query = try TwinQuery(parsing: "SELECT * FROM devices.modules WHERE capabilities.iotEdge = false")
        #expect(module.withView(query.matches))
        var json = JSONWriter()
        module.withView { query.writeRow(of: $0, to: &json) }
        #expect(
            String(decoding: json.bytes, as: UTF8.self) == text.dropLast() + #","capabilities":{"iotEdge":false}}"#)
    }

    private func access(_ condition: String) throws -> QueryAccess {
        try #require(try TwinQuery(parsing: "SELECT * FROM devices WHERE \(condition)").access)
    }

    private func document(_ text: String) -> QueryDocument { QueryDocument(Array(text.utf8)) }
}

extension ValueTable {
    fileprivate mutating func set(_ document: QueryDocument?, at place: Int32) {
        if let document { document.withView { set($0, at: place) } } else { set(nil as DocumentView?, at: place) }
    }
}
