import JSON
import Testing

@testable import Query

/// What a text has to be (query.md sections 2 to 5).
struct SyntaxTests {
    private static func matches(_ condition: String, _ document: String) throws -> Bool {
        try QueryDocument(Array(document.utf8)).withView(TwinCondition(parsing: condition).matches)
    }

    @Test(
        arguments: [
            #"tags.s = 'it\'s'"#, #"tags.s = "it's""#, #"tags.s = 'it\u0027s'"#, "tags . s\n=/* a comment */'it\\'s'",
            "TAGS.s = 'it\\'s'", "devices.tags.s = 'it\\'s'", "tags.[[s]] = 'it\\'s'", "((tags.s = 'it\\'s'))",
            "not not tags.s = 'it\\'s'", "*", " * ", "tags.n = -3", "tags.n = - 3", "tags.n IN [1, -3]",
            "tags.n = -0x3",
            "tags.n = -3.0e0", "-tags.n = 3", "tags.n * 2 + 1 = -5", "tags.n - 1 - 1 = -5", "tags.n % 2 = -1",
            "tags.[[a.b]] = 1", "tags.[[a\"b]] = 2", "tags.[[]] = 3", "tags.list[1][0] = 'x'", "id = 'd'",
            "STARTSWITH(id, 'd') AND endswith(Id, 'd')", "IS_NULL(tags.no) = false",
            "IS_NULL(x509Thumbprint.primaryThumbprint)",
        ])
    func `These conditions hold`(condition: String) throws {
        let document =
            #"{"deviceId":"d","tags":{"s":"it's","n":-3,"a.b":1,"a\"b":2,"":3,"list":[0,["x"]]},"x509Thumbprint":{"primaryThumbprint":null}}"#
        #expect(try Self.matches(condition, document))
    }

    /// What belongs to one character for a reader: an accent, a joiner, the choice of a picture.
    @Test(arguments: ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{20E3}", "e\u{301}", "\u{1F469}\u{200D}\u{1F4BB}", "\r\n"])
    func `A text may begin and end with any code point`(text: String) throws {
        let json = text.replacing("\r\n", with: "\\r\\n")
        let document = #"{"tags":{"s":"\#(json)","\#(json)":1,"\#(json)x\#(json)":2}}"#
        for quote in ["'", "\""] {
            #expect(try Self.matches("tags.s = \(quote)\(text)\(quote)", document))
            #expect(try !Self.matches("tags.s = \(quote)\(text)x\(quote)", document))
        }
        #expect(try Self.matches("tags.[[\(text)]] = 1 AND tags.[[\(text)x\(text)]] = 2", document))
    }

    @Test(
        arguments: [
            ("SELECT *\r\nFROM devices\r\nWHERE deviceId = 'd", 3, 17), ("SELECT *\rFROM things", 2, 5),
            ("SELECT *\n\rFROM things", 3, 5), ("SELECT * FROM devices WHERE tags.[[e\u{301}]] = ;", 1, 42),
            ("SELECT * FROM devices WHERE 'x'\u{301} = 1", 1, 31), ("SELECT * FROM devices\u{301}", 1, 21),
            ("SELECT * FROM devices ORDER BY deviceId", 1, 22), ("SELECT * FROM things", 1, 14),
            ("SELECT FROM devices", 1, 7), ("UPDATE devices SET x = 1", 1, 0),
            ("SELECT *\nFROM devices\nWHERE deviceId = 'd", 3, 17), ("SELECT * FROM devices WHERE", 1, 27),
            ("SELECT * FROM devices WHERE CONTAINS(deviceId,'d')", 1, 28), ("SELECT * FROM devices;", 1, 21),
            ("SELECT *, deviceId FROM devices", 1, 8), ("SELECT deviceId, * FROM devices", 1, 17),
            ("SELECT TOP -1 * FROM devices", 1, 11), ("SELECT TOP 1.5 * FROM devices", 1, 11),
            ("SELECT deviceId, COUNT() FROM devices", 1, 7),
            ("SELECT tags.a FROM devices GROUP BY tags.b", 1, 7), ("SELECT * FROM devices GROUP BY tags.b", 1, 7),
            ("SELECT SUM() FROM devices", 1, 11), ("SELECT * FROM devices.twins", 1, 14),
            ("SELECT * FROM devices WHERE a = 1 = 2", 1, 34), ("SELECT * FROM devices WHERE a IN []]", 1, 35),
            ("SELECT * FROM devices WHERE a = 'x\\n'", 1, 34), ("SELECT * FROM devices WHERE a = 1x", 1, 32),
            ("SELECT * FROM devices WHERE a = 0x", 1, 32), ("SELECT * FROM devices WHERE tags.[[a = 1", 1, 33),
            ("SELECT * FROM devices WHERE STARTSWITH(deviceId)", 1, 28), ("SELECT * FROM devices /* open", 1, 22),
            ("", 1, 0), ("SELECT * FROM devices WHERE tags.a[-1] = 1", 1, 35),
            ("SELECT DISTINCT deviceId FROM devices", 1, 16),
        ])
    func `An error has its place`(text: String, line: Int, column: Int) {
        do {
            _ = try TwinQuery(parsing: text)
            Issue.record("it was taken")
        } catch {
            #expect((error.line, error.column) == (line, column), "\(error)")
            #expect(error.description.hasPrefix("Line \(line):\(column) "))
        }
    }

    @Test(arguments: ["Group", "SELECT", "value", "Null"])
    func `An alias keeps its spelling, though it be a reserved word`(alias: String) throws {
        for text in ["SELECT a AS \(alias) FROM devices GROUP BY a", "SELECT MAX(a) AS \(alias) FROM devices"] {
            #expect(try rows(of: text, ["1"]) == [#"{"\#(alias)":1}"#])
        }
    }

    @Test func `The hub's own fields are found in any case of letters, and a user's are not`() throws {
        let document = #"{"capabilities":{"iotEdge":true},"tags":{"iotEdge":true,"capabilities":{"iotEdge":true}}}"#
        for path in ["capabilities.iotEdge", "Capabilities.IotEdge", "devices.capabilities.IOTEDGE"] {
            #expect(try Self.matches("\(path) = true", document))
            let query = try TwinQuery(parsing: "SELECT \(path) FROM devices WHERE \(path) = true")
            #expect(query.access?.paths.map(\.description) == ["capabilities.iotEdge"])
            var json = JSONWriter()
            QueryDocument(Array(document.utf8)).withView { query.writeRow(of: $0, to: &json) }
            #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"iotEdge":true}"#)
        }
        for path in ["tags.iotedge", "tags.capabilities.iotedge", "capabilities.other"] {
            #expect(try !Self.matches("\(path) = true", document))
        }
    }

    @Test(arguments: [
        ("tags.x = 1", "tags.x"), ("status = 'x' AND properties.reported.[[a b]] = 1", "properties.reported.[[a b]]"),
        ("devices.jobs.outcom = 1", "outcom"),
    ])
    func `What a device job has not is named as it was asked for`(condition: String, path: String) throws {
        let error = #expect(throws: QueryError.self) {
            try TwinQuery(parsing: "SELECT * FROM devices.jobs WHERE \(condition)")
        }
        #expect(error?.reason == "devices.jobs has no '\(path)'")
    }

    @Test(arguments: ["2", "2.0", "0.2e1", "20E-1", #""x""#, #""\u0078""#, "null", "false", "-0.0"])
    func `A list of any length finds a value however it is written`(value: String) throws {
        let document = #"{"tags":{"a":\#(value)}}"#
        let wanted = ["2", "'x'", "null", "false", "0"]
        for list in [wanted, wanted + (10..<1000).map { "\($0)" }] + wanted.map({ [$0] }) {
            let isThere = try Self.matches("tags.a IN [\(list.joined(separator: ","))]", document)
            #expect(try Self.matches("tags.a NIN [\(list.joined(separator: ","))]", document) == !isThere)
            #expect(isThere || list.count == 1)
        }
        for word in ["IN", "NIN"] {
            for list in ["1,2,3,4,5,6", "1"] {
                #expect(try !Self.matches("tags \(word) [\(list)]", document))
                #expect(try !Self.matches("tags.none \(word) [\(list)]", document))
            }
        }
    }

    @Test func `A query is bounded in length and depth`() {
        let fine =
            "SELECT * FROM devices WHERE " + String(repeating: "(", count: 90) + "1=1"
            + String(repeating: ")", count: 90)
        #expect(throws: Never.self) { try TwinQuery(parsing: fine) }
        for character in ["(", "NOT ", "IS_DEFINED("] {
            let deep = "SELECT * FROM devices WHERE " + String(repeating: character, count: 600) + "1"
            #expect(throws: QueryError.self) { try TwinQuery(parsing: deep) }
        }
        #expect(throws: QueryError.self) {
            try TwinQuery(parsing: "SELECT * FROM devices WHERE a = '" + String(repeating: "x", count: 8200) + "'")
        }
    }

    @Test func `A result is named by its alias, its last key or its place`() throws {
        let query = try TwinQuery(
            parsing:
                "SELECT DEVICEID, tags.list[0], tags.[[a b]], tags.x AS y, properties.desired.$version FROM devices")
        var json = JSONWriter()
        let text =
            #"{"deviceId":"d","tags":{"list":[7],"a b":{"c": 1},"x":null},"properties":{"desired":{"$version":3}}}"#
        QueryDocument(Array(text.utf8)).withView { query.writeRow(of: $0, to: &json) }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"deviceId":"d","list":7,"a b":{"c": 1},"y":null,"$version":3}"#)
        var aggregation = Aggregation(of: try TwinQuery(parsing: "SELECT COUNT(), AVG(tags.x), COUNT(*) FROM devices"))
        try QueryDocument(Array(#"{"tags":{"x":1}}"#.utf8)).withView { try aggregation.add($0) }
        #expect(aggregation.rows.map { String(decoding: $0, as: UTF8.self) } == [#"{"$1":1,"$2":1,"$3":1}"#])
    }

    /// JSON has no number for what lies beyond the doubles, though a twin may hold one: it is spelled by its digits.
    @Test(arguments: [
        (["1e308", "1.7e308"], #"{"s":null,"a":null,"lo":1e+308,"hi":1.7e+308}"#),
        (["1.0e400"], #"{"s":null,"a":null,"lo":null,"hi":null}"#),
        (["-1.0e400", "1.0e400"], #"{"s":null,"a":null,"lo":null,"hi":null}"#),
        (["1", "1.0e400"], #"{"s":null,"a":null,"lo":1,"hi":null}"#),
        (["1e308", "-1e308"], #"{"s":0,"a":0,"lo":-1e+308,"hi":1e+308}"#),
    ])
    func `An aggregate that is no finite number is left out`(values: [String], row: String) throws {
        let query = "SELECT SUM(a) AS s, AVG(a) AS a, MIN(a) AS lo, MAX(a) AS hi FROM devices"
        let rows = try rows(of: query, values)
        #expect(rows == [row.replacing(/"\w+":null,?/, with: "").replacing(",}", with: "}")])
        #expect(throws: Never.self) { try JSONDocument(parsing: Array(rows[0].utf8)) }
    }

    @Test func `A group of what is no finite number has the number's digits`() throws {
        let rows = try rows(
            of: "SELECT a, COUNT() AS n FROM devices GROUP BY a", ["1.0e400", "1.50", "1.5", "-1.0e400"])
        #expect(rows == [#"{"a":-1.0e400,"n":1}"#, #"{"a":1.0e400,"n":1}"#, #"{"a":1.5,"n":2}"#])
    }

    private func rows(of query: String, _ values: [String]) throws -> [String] {
        var aggregation = Aggregation(of: try TwinQuery(parsing: query))
        for value in values { try QueryDocument(Array(#"{"a":\#(value)}"#.utf8)).withView { try aggregation.add($0) } }
        return aggregation.rows.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `Extremes take the kind of value that came first`() throws {
        let values = ["true", "\"b\"", "1", "\"a\"", "[]"]
        #expect(try rows(of: "SELECT MIN(a) AS lo, MAX(a) AS hi FROM devices", values) == [#"{"lo":"a","hi":"b"}"#])
    }
}
