import Testing

@testable import Query

/// The route dialect against the rows of query.md section 8.
struct RouteConditionTests {
    private static let message = RouteMessage(
        application: [
            ("key1", "value1"), ("key2", "3"), ("processingPath", "hot"), ("$own", "mine"), ("messageType", "alert"),
            ("severity", "2"),
        ],
        system: [
            ("contentType", "application/json;charset=utf-8"), ("contentEncoding", "UTF-8"),
            ("connectionDeviceId", "my-device"), ("enqueuedTime", "2022-06-07T00:00:00.0000000Z"), ("own", "hub's"),
            ("dt-dataschema", "dtmi:a;1"),
        ],
        body: Array(
            #"{"Weather":{"Temperature":50,"IsEnabled":true,"IsDisabled":false,"NullValue":null,"Time":"2017-03-09T00:00:00.000Z","Location":{"State":"WA","Street":"One"},"HistoricalData":[{"Month":"Feb","Temperature":40},{"Month":"Jan"}]},"$odd":1,"a":1,"A":2,"text":"50"}"#
                .utf8),
        twin: Array(
            #"{"tags":{"deploymentLocation":{"floor":"1"}},"properties":{"desired":{"telemetryConfig":{"sendFrequency":"5m"}},"reported":{"n":7}}}"#
                .utf8))

    private func result(_ condition: String, _ message: RouteMessage = message) throws -> RouteCondition.Result {
        try RouteCondition(parsing: condition).result(for: message)
    }

    @Test(
        arguments: [
            "", "  ", "true", "TRUE = 'x' ?? true", "$BODY.Weather.Temperature >= 50",
            "$body.weather.temperature <> '100'", "$body.Weather.InvalidKey <> '100'",
            "$body.Weather.InvalidProperty = null", "$body.Weather.NullValue = null", "KEY1 = 'value1'",
            "as_number(key2) > 2", "NOT $body.Weather.IsDisabled", "not null", "NOT (key1 = 'x')",
            "messageType = 'alert' AND as_number(severity) <= 2", "$body.Weather.HistoricalData[0].Month = 'Feb'",
            "length($body.Weather.Location.State) = 2", "$body.Weather.Temperature = 50 AND processingPath = 'hot'",
            "$twin.properties.desired.telemetryConfig.sendFrequency = '5m'",
            "$contentEncoding = 'UTF-8' AND processingPath = 'hot'", "STARTS_WITH($connectionDeviceId, 'my')",
            "$enqueuedTime > '2022-06-06T22:56:06Z'", "{$contentEncoding} = 'UTF-8'", "$own = 'mine'",
            "{$own} = 'hub\\'s'", "$dt-dataschema = 'dtmi:a;1'", "$body.$odd = 1", "$body.a = 1 and $body.A = 2",
            "$twin.tags.DEPLOYMENTLOCATION.Floor = '1'", "$twin.Properties.reported.n % 2 = 1",
            "IS_DEFINED($body.Weather.Temperature)", "not is_defined($body.Weather)",
            "not is_defined($body.Weather.Time)", "is_object($body.Weather)", "is_array($body.Weather.HistoricalData)",
            "is_primitive(key1) and not is_primitive($body.Weather)", "is_string(key1) and is_bool(true)",
            "is_null($body.Weather.NullValue) and not is_null($body.Weather.Nothing)", "is_number(3)",
            "abs(-2) = 2 and square(3) = 9 and power(2, 3) = 8 and sqrt(9) = 3 and exp(0) = 1",
            "ceiling(1.2) = 2 and floor(-1.2) = -2 and sign(-4) = -1 and sign(0) = 0", "not is_defined(sqrt(-4))",
            "concat('a', null, 'b') = 'ab'", "'a' || key1 || null = 'avalue1'", "upper(lower('Ab')) = 'AB'",
            "substring('hello', 1) = 'ello'", "substring('hello', 1, 2) = 'el'", "substring('hello', 5) = ''",
            "not is_defined(substring('hello', 5, 0))", "not is_defined(substring('hello', 2, 4))",
            "not is_defined(substring('hello', 6))", "index_of('hello', 'l') = 2 and index_of('hello', 'z') = -1",
            "contains('hello', 'ell') and ends_with('hello', 'lo')", "(nothing ?? 'x') = 'x'", "0x10 = 16",
            "2 + 3 * 4 = 14", "1 < 2 = true", "'a' < 'b'", "\"\\u0041\" = 'A'", "undefined = 1 or true",
            "false and undefined = 1 or true",
            "'\u{e9}' <> 'e\u{301}' and contains('\u{e9}', '\u{e9}')",
            "not contains('e\u{301}', '\u{e9}') and contains('e\u{301}', 'e')",
            "'\u{301}' = \"\u{301}\" and concat('\u{200D}a', 'x\u{FE0F}') = '\u{200D}ax\u{FE0F}'",
            "(e\u{301}t\u{e9} ?? 'x') = 'x'",
            "index_of('a\u{1F600}\u{e9}b', 'b') = 4",
            "index_of('', '') = 0 and index_of('a', '') = 0 and index_of('', 'a') = -1", "key1 != 'x' and key1 <> 'y'",
            "as_number($body.text) = 50",
        ])
    func `These hold`(condition: String) throws {
        #expect(try result(condition) == .true)
    }

    @Test(
        arguments: [
            "false", "$body.Weather.Temperature = '50'", "key1 = 'VALUE1'", "null and true", "null or false",
            "$twin.tags.deploymentLocation.floor = 1", "is_defined(none)", "is_defined($body)", "is_defined($body[0])",
            "undefined = 1 and false",
        ])
    func `These do not`(condition: String) throws {
        #expect(try result(condition) == .false)
    }

    @Test(
        arguments: [
            "none = 'value1'", "none <> 'value1'", "$body.Weather <> null", "$body.Weather.Time <> '100'", "null",
            "undefined", "$twin.tags.missing = null", "$body = 1", "not none = 'x' ?? undefined",
            "$body.Weather.Temperature < '60'", "$body.Weather.Location", "1 / 0 = 1", "as_number(key1) > 1",
            "{$key1} = 'value1'", "True = 'x'", "none || 'x' = 'x'",
        ])
    func `Of these nothing can be told`(condition: String) throws {
        let text = condition.replacing("not none = 'x' ?? undefined", with: "not (none = 'x') ?? undefined")
        #expect(try result(text) == .undefined)
    }

    @Test(
        arguments: [
            (
                "key2 > 2",
                "Invalid operands to binary operator '>': have 'string' and 'number', expected 'number' and 'number'",
                1, 1, 8
            ),
            (
                "'a' + 'b'",
                "Invalid operands to binary operator '+': have 'string' and 'string', expected 'number' and 'number'",
                1, 1, 9
            ),
            (
                "3 + true",
                "Invalid operands to binary operator '+': have 'number' and 'bool', expected 'number' and 'number'", 1,
                1, 8
            ),
            ("NOT key1 = 'x'", "Invalid operand to unary operator 'not': have 'string', expected 'bool'", 1, 1, 8),
            ("true and\n key1 = #", "Syntax error: invalid symbol '#'", 2, 9, 9),
            ("true and\r\n 'e\u{301}' = #", "Syntax error: invalid symbol '#'", 2, 9, 9),
            ("key1 = 'x')", "Syntax error: unmatched closing ')'", 1, 11, 11),
            ("(key1 = 'x'", "Syntax error: missing closing ')'", 1, 12, 12),
            ("key1 = 'x", "Syntax error: unterminated string", 1, 8, 9),
            ("STARTSWITH(key1, 'x')", "Invalid built-in function 'STARTSWITH'", 1, 1, 10),
            ("abs('x') = 1", "Invalid arguments to built-in function 'abs': abs(string)", 1, 1, 8),
            ("length() = 1", "Invalid arguments to built-in function 'length': length()", 1, 1, 8),
            ("'text'", "Invalid condition: have 'string', expected 'bool'", 1, 1, 6),
            ("$body.a[] = 1", "Syntax error: invalid symbol ']'", 1, 9, 9),
            ("$body.a[1:2] = 1", "Syntax error: invalid symbol ':'", 1, 10, 10),
            ("key1 in ['x']", "Syntax error: invalid symbol '['", 1, 9, 9),
            ("key1 =", "Syntax error: invalid symbol ''", 1, 7, 7),
            (
                "SELECT * FROM x",
                "Invalid operands to binary operator '*': have 'string' and 'string', expected 'number' and 'number'",
                1, 1, 13
            ), ("key1 key2", "Syntax error: invalid symbol 'key2'", 1, 6, 9),
            ("twin_change_includes(tags.a)", "Invalid built-in function 'twin_change_includes'", 1, 1, 20),
            (
                "is_defined(key1) = 'true'",
                "Invalid operands to binary operator '=': have 'bool' and 'string', expected 'bool' and 'bool'", 1, 1,
                25
            ),
        ])
    func `What can never be right is told with its place`(
        condition: String, message: String, line: Int, column: Int, endColumn: Int
    ) {
        #expect {
            try RouteCondition(parsing: condition)
        } throws: { error in
            let error = error as? RouteConditionError
            return error?.message == message
                && error?.start == .init(line: line, column: column)
                && error?.end == .init(line: line, column: endColumn)
        }
    }

    @Test func `A twin change tells what it includes`() throws {
        let change = RouteMessage(
            application: [("opType", "updateTwin")],
            system: [("contentType", "application/json"), ("contentEncoding", "utf-8")],
            body: Array(#"{"version":3,"properties":{"desired":{"a":{"b":1}}}}"#.utf8))
        for (condition, expected) in [
            ("twin_change_includes(properties.desired.a)", RouteCondition.Result.true),
            ("twin_change_includes(properties.reported)", .false),
            ("is_defined($body.properties.desired.a.b)", .true), ("is_defined($body.properties.desired.a)", .false),
        ] {
            let parsed = try RouteCondition(parsing: condition, isOfTwinChanges: true)
            #expect(parsed.result(for: change) == expected, "\(condition)")
        }
    }

    @Test(
        arguments: [
            ("application/json", "utf-8", true), ("APPLICATION/JSON", "UTF-8", true), ("text/plain", "utf-8", false),
            ("application/json", "latin1", false), ("application/json", "utf-16", false),
            ("application/json; charset=utf-8", "utf-8", true),
        ])
    func `A body is read where its properties say that it is JSON`(type: String, encoding: String, isRead: Bool) throws
    {
        let message = RouteMessage(
            application: [], system: [("contentType", type), ("contentEncoding", encoding)],
            body: Array(#"{"a":1}"#.utf8))
        #expect(try result("is_defined($body.a)", message) == (isRead ? .true : .false))
        #expect(try result("$body.missing = null", message) == (isRead ? .true : .undefined))
    }

    @Test(arguments: [("utf-16", false), ("utf-16", true), ("utf-32", false), ("utf-32", true)])
    func `Wider encodings are read in either order of bytes`(encoding: String, isBig: Bool) throws {
        var body: [UInt8] = []
        func append(_ value: UInt32, width: Int) {
            let bytes = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            body += isBig ? bytes.reversed() : bytes
        }
        let text = "\u{FEFF}{\"a\":\"ä😀\"}"
        if encoding == "utf-16" {
            for unit in text.utf16 { append(UInt32(unit), width: 2) }
        } else {
            for scalar in text.unicodeScalars { append(scalar.value, width: 4) }
        }
        let message = RouteMessage(
            application: [], system: [("contentType", "application/json"), ("contentEncoding", encoding)], body: body)
        #expect(try result("$body.a = 'ä😀'", message) == .true)
    }

    @Test(arguments: [100_000, 3]) func `Texts are searched in a time that goes with their length`(length: Int) throws {
        // To compare at each place would take 10¹⁰ steps.
        let end = "b" + String(repeating: "a", count: length)
        let text = String(repeating: "a", count: 2 * length) + "\u{1F600}"
        let message = RouteMessage(
            application: [("text", text), ("end", end), ("most", String(text.dropFirst(length)))], system: [], body: [])
        #expect(try result("not contains(text, end) and index_of(text, end) = -1", message) == .true)
        #expect(try result("contains(text, most) and index_of(text, most) = 0", message) == .false)
        #expect(try result("index_of(text, most) = \(length)", message) == .true)
    }

    @Test func `A condition says whether it needs the twin, and is bounded`() throws {
        #expect(try RouteCondition(parsing: "not ($twin.tags.a = 1)").readsTwin)
        #expect(try !RouteCondition(parsing: "twin = 'x'").readsTwin)
        let deep = String(repeating: "(", count: 200) + "true" + String(repeating: ")", count: 200)
        #expect(throws: RouteConditionError.self) { try RouteCondition(parsing: deep) }
        let negations = String(repeating: "not ", count: 2000) + "true"
        #expect(throws: RouteConditionError.self) { try RouteCondition(parsing: negations) }
        #expect(throws: RouteConditionError.self) {
            try RouteCondition(parsing: "key = '" + String(repeating: "x", count: 9000) + "'")
        }
    }
}
