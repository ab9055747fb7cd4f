import Glibc
import JSON

/// Works out a route condition for one message (query.md section 8).
struct RouteEvaluator {
    private let message: RouteMessage

    init(_ message: RouteMessage) { self.message = message }

    func value(of expression: RouteExpression) -> RouteValue {
        switch expression {
        case .literal(let value): return value
        case .reference(let reference): return value(of: reference)
        case .not(let inner): return RouteValue(truth: value(of: inner).truth.map { !$0 })
        case .negative(let inner):
            guard case .number(let number) = value(of: inner) else { return .undefined }
            return .number(-number)
        case .binary(let operation, let left, let right): return binary(operation, left, right)
        case .call(let function, let arguments): return call(function, arguments)
        }
    }

    // MARK: References

    private func value(of reference: RouteReference) -> RouteValue {
        switch reference {
        case .application(let name): return Self.text(message.application[name])
        case .either(let name): return Self.text(message.application["$" + name] ?? message.system[name])
        case .system(let name): return Self.text(message.system[name])
        case .body, .twin: return json(reference).map(Self.scalar) ?? .undefined
        }
    }

    private static func text(_ value: String?) -> RouteValue { value.map { .string($0) } ?? .undefined }

    private func json(_ reference: RouteReference) -> JSONValue? {
        switch reference {
        // `$body` alone and `$body[0]` are undefined.
        case .body(let steps):
            guard case .key = steps.first else { return nil }
            return message.body.flatMap { RouteReference.find(steps, in: $0.root) }
        case .twin(let steps): return message.twin.flatMap { RouteReference.find(steps, in: $0.root) }
        case .application, .either, .system: return nil
        }
    }

    private static func scalar(_ value: JSONValue) -> RouteValue {
        switch value.kind {
        case .null: return .null
        case .bool: return .boolean(value.bool == true)
        case .number: return value.double.map { RouteValue($0) } ?? .undefined
        case .string:
            let text = value.string ?? ""
            return isDate(text) ? .undefined : .string(text)
        case .object, .array: return .undefined
        }
    }

    /// Whether the hub's JSON reader takes a string for a time, which conditions cannot read: `2026-05-01T10:00:00`, with or
    /// without a fraction and a zone.
    private static func isDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 19 else { return false }
        for (byte, pattern) in zip(bytes, "0000-00-00T00:00:00".utf8) {
            let fits = pattern == UInt8(ascii: "0") ? byte >= 0x30 && byte <= 0x39 : byte == pattern
            guard fits else { return false }
        }
        var rest = bytes.dropFirst(19)
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(digits.count)
        }
        let zone = String(decoding: rest.map { $0 >= 0x30 && $0 <= 0x39 ? 0x30 : $0 }, as: UTF8.self)
        return ["", "Z", "+00:00", "-00:00"].contains(zone)
    }

    // MARK: Operators

    private func binary(
        _ operation: RouteOperator, _ left: RouteExpression, _ right: RouteExpression
    ) -> RouteValue {
        switch operation {
        case .and, .or: return logical(isAnd: operation == .and, left, right)
        case .otherwise:
            let first = value(of: left)
            return first == .undefined ? value(of: right) : first
        case .equal: return RouteValue(truth: areEqual(left, right))
        case .notEqual, .notEqualToo: return RouteValue(truth: areEqual(left, right).map { !$0 })
        case .joined:
            guard let first = Self.joinable(value(of: left)), let second = Self.joinable(value(of: right)) else {
                return .undefined
            }
            return .string(first + second)
        case .less: return order(left, right) { $0 < 0 }
        case .lessOrEqual: return order(left, right) { $0 <= 0 }
        case .greater: return order(left, right) { $0 > 0 }
        case .greaterOrEqual: return order(left, right) { $0 >= 0 }
        case .plus: return calculate(left, right, +)
        case .minus: return calculate(left, right, -)
        case .times: return calculate(left, right, *)
        case .dividedBy: return calculate(left, right, /)
        case .remainder: return calculate(left, right) { $0.truncatingRemainder(dividingBy: $1) }
        }
    }

    private func logical(isAnd: Bool, _ left: RouteExpression, _ right: RouteExpression) -> RouteValue {
        let first = value(of: left).truth
        if first == !isAnd { return .boolean(!isAnd) }
        let second = value(of: right).truth
        if second == !isAnd { return .boolean(!isAnd) }
        return first == nil || second == nil ? .undefined : .boolean(isAnd)
    }

    /// A value that the body lacks equals null, and differs from everything else; one that the twin lacks is undefined.
    private func areEqual(_ left: RouteExpression, _ right: RouteExpression) -> Bool? {
        let first = comparable(left)
        let second = comparable(right)
        guard first != .undefined, second != .undefined else { return nil }
        return first == second
    }

    private func comparable(_ expression: RouteExpression) -> RouteValue {
        if case .reference(.body(let steps)) = expression, case .key = steps.first, message.body != nil,
            json(.body(steps)) == nil
        {
            return .null
        }
        return value(of: expression)
    }

    private func order(
        _ left: RouteExpression, _ right: RouteExpression, _ holds: (Int) -> Bool
    ) -> RouteValue {
        switch (value(of: left), value(of: right)) {
        case (.number(let a), .number(let b)): return .boolean(holds(a < b ? -1 : a == b ? 0 : 1))
        case (.string(let a), .string(let b)):
            return .boolean(holds(a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : a.utf8.elementsEqual(b.utf8) ? 0 : 1))
        default: return .undefined
        }
    }

    private func calculate(
        _ left: RouteExpression, _ right: RouteExpression, _ operation: (Double, Double) -> Double
    ) -> RouteValue {
        guard case .number(let a) = value(of: left), case .number(let b) = value(of: right) else { return .undefined }
        return RouteValue(operation(a, b))
    }

    /// Null counts as an empty string.
    private static func joinable(_ value: RouteValue) -> String? {
        switch value {
        case .string(let text): text
        case .null: ""
        case .undefined, .boolean, .number: nil
        }
    }

    // MARK: Functions

    private func call(_ function: RouteFunction, _ arguments: [RouteExpression]) -> RouteValue {
        switch function {
        case .isObject, .isArray, .isPrimitive: return .boolean(isOfKind(function, arguments[0]))
        case .twinChangeIncludes: return .boolean(changeIncludes(arguments[0]))
        case .concat:
            var joined = ""
            for argument in arguments {
                guard let text = Self.joinable(value(of: argument)) else { return .undefined }
                joined += text
            }
            return .string(joined)
        default: break
        }
        let values = arguments.map { value(of: $0) }
        switch (function, values[0]) {
        case (.isDefined, let first): return .boolean(first != .undefined)
        case (.isBool, .boolean), (.isNull, .null), (.isNumber, .number), (.isString, .string): return .boolean(true)
        case (.isBool, _), (.isNull, _), (.isNumber, _), (.isString, _): return .boolean(false)
        case (_, .number(let number)): return Self.numeric(function, number, values.dropFirst().first)
        case (_, .string(let text)): return Self.textual(function, text, Array(values.dropFirst()))
        default: return .undefined
        }
    }

    /// What the type tests can tell that the values of conditions cannot.
    private func isOfKind(_ function: RouteFunction, _ argument: RouteExpression) -> Bool {
        guard case .reference(let reference) = argument, let kind = json(reference)?.kind else {
            return function == .isPrimitive && value(of: argument) != .undefined
        }
        switch function {
        case .isObject: return kind == .object
        case .isArray: return kind == .array
        default: return kind != .object && kind != .array
        }
    }

    /// The body of a twin change is the change.
    private func changeIncludes(_ argument: RouteExpression) -> Bool {
        let path: String
        switch argument {
        case .reference(.application(let name)): path = name
        case .literal(.string(let text)): path = text
        default: return false
        }
        let steps = path.split(separator: ".").map { RouteReference.Step.key(String($0)) }
        return message.body.flatMap { RouteReference.find(steps, in: $0.root) } != nil
    }

    private static func numeric(_ function: RouteFunction, _ number: Double, _ second: RouteValue?) -> RouteValue {
        switch function {
        case .asNumber: return .number(number)
        case .abs: return RouteValue(Swift.abs(number))
        case .exp: return RouteValue(Glibc.exp(number))
        case .square: return RouteValue(number * number)
        case .ceiling: return RouteValue(number.rounded(.up))
        case .floor: return RouteValue(number.rounded(.down))
        case .sign: return RouteValue(number == 0 ? 0 : number < 0 ? -1 : 1)
        case .sqrt: return RouteValue(number.squareRoot())
        case .power:
            guard case .number(let exponent) = second else { return .undefined }
            return RouteValue(pow(number, exponent))
        default: return .undefined
        }
    }

    private static func textual(_ function: RouteFunction, _ text: String, _ rest: [RouteValue]) -> RouteValue {
        switch function {
        case .asNumber: return Double(text).map { RouteValue($0) } ?? .undefined
        // Strings are counted in UTF-16 units, as .NET does.
        case .length: return .number(Double(text.utf16.count))
        case .lower: return .string(text.lowercased())
        case .upper: return .string(text.uppercased())
        case .substring: return substring(text, rest)
        default: break
        }
        guard case .string(let part) = rest.first else { return .undefined }
        switch function {
        case .startsWith: return .boolean(text.utf8.starts(with: part.utf8))
        case .endsWith: return .boolean(text.utf8.reversed().starts(with: part.utf8.reversed()))
        case .contains: return .boolean(TextSearch(part).index(in: text) != nil)
        case .indexOf: return .number(Double(TextSearch(part).index(in: text) ?? -1))
        default: return .undefined
        }
    }

    /// The third argument is a length. What lies outside the text is undefined.
    private static func substring(_ text: String, _ rest: [RouteValue]) -> RouteValue {
        let units = Array(text.utf16)
        var bounds: [Int] = []
        for value in rest {
            guard case .number(let number) = value, let whole = Int(exactly: number), whole >= 0 else {
                return .undefined
            }
            bounds.append(whole)
        }
        guard let start = bounds.first else { return .undefined }
        if bounds.count == 1 {
            guard start <= units.count else { return .undefined }
            return .string(String(decoding: units[start...], as: UTF16.self))
        }
        guard start < units.count, bounds[1] <= units.count - start else { return .undefined }
        return .string(String(decoding: units[start..<start + bounds[1]], as: UTF16.self))
    }
}
