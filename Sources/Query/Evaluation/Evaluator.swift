import JSON

/// Works out expressions over one document, by the three-valued logic of query.md section 6. What conditions mostly ask, a
/// `Predicate` answers without it.
struct Evaluator {
    private let document: DocumentView

    init(_ document: DocumentView) { self.document = document }

    func value(of expression: Expression) -> QueryValue {
        switch expression {
        case .literal(let value): return value
        case .path(let path): return value(at: path)
        case .not(let inner): return QueryValue(truth: value(of: inner).truth.map { !$0 })
        case .and(let left, let right): return both(left, right)
        case .or(let left, let right): return either(left, right)
        case .comparison(let comparison, let left, let right):
            return QueryValue(truth: Self.compare(comparison, value(of: left), value(of: right)))
        case .arithmetic(let operation, let left, let right):
            return Self.calculate(operation, value(of: left), value(of: right))
        case .negative(let inner):
            guard case .number(let number) = value(of: inner) else { return .undefined }
            return .number(-number)
        case .isIn(let inner, let list, let isNegated):
            let value = value(of: inner)
            guard value != .undefined, !value.isContainer else { return .undefined }
            return .boolean(list.contains { Self.compare(.equal, value, $0) == true } != isNegated)
        case .call(let function, let arguments): return call(function, arguments)
        }
    }

    func value(at path: PropertyPath) -> QueryValue { QueryValue(document.definedPlace(of: path)) }

    // MARK: Logic

    private func both(_ left: Expression, _ right: Expression) -> QueryValue {
        let first = value(of: left).truth
        if first == false { return .boolean(false) }
        let second = value(of: right).truth
        if second == false { return .boolean(false) }
        return first == true && second == true ? .boolean(true) : .undefined
    }

    private func either(_ left: Expression, _ right: Expression) -> QueryValue {
        let first = value(of: left).truth
        if first == true { return .boolean(true) }
        let second = value(of: right).truth
        if second == true { return .boolean(true) }
        return first == false && second == false ? .boolean(false) : .undefined
    }

    // MARK: Comparison

    /// Nil where it is undefined. Texts are compared by their bytes, which is the order of their code points.
    static func compare(_ comparison: Expression.Comparison, _ left: QueryValue, _ right: QueryValue) -> Bool? {
        guard left != .undefined, right != .undefined, !left.isContainer, !right.isContainer else { return nil }
        switch comparison {
        case .equal: return isEqual(left, right)
        case .notEqual: return !isEqual(left, right)
        case .less: return order(left, right).map { $0 < 0 }
        case .lessOrEqual: return order(left, right).map { $0 <= 0 }
        case .greater: return order(left, right).map { $0 > 0 }
        case .greaterOrEqual: return order(left, right).map { $0 >= 0 }
        }
    }

    private static func isEqual(_ left: QueryValue, _ right: QueryValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.text(let a), .text(let b)): a == b
        default: false
        }
    }

    /// Below, at or above zero; nil where the two have no order.
    static func order(_ left: QueryValue, _ right: QueryValue) -> Int? {
        switch (left, right) {
        case (.number(let a), .number(let b)): return a < b ? -1 : a == b ? 0 : 1
        case (.text(let a), .text(let b)): return a.lexicographicallyPrecedes(b) ? -1 : a == b ? 0 : 1
        default: return nil
        }
    }

    private static func calculate(
        _ operation: Expression.Arithmetic, _ left: QueryValue, _ right: QueryValue
    ) -> QueryValue {
        guard case .number(let a) = left, case .number(let b) = right else { return .undefined }
        let result: Double
        switch operation {
        case .plus: result = a + b
        case .minus: result = a - b
        case .times: result = a * b
        case .dividedBy: result = b == 0 ? .nan : a / b
        case .remainder: result = b == 0 ? .nan : a.truncatingRemainder(dividingBy: b)
        }
        return result.isFinite ? .number(result) : .undefined
    }

    // MARK: Functions

    private func call(_ function: Expression.Function, _ arguments: [Expression]) -> QueryValue {
        let first = value(of: arguments[0])
        switch function {
        case .isDefined: return .boolean(first != .undefined)
        case .startsWith, .endsWith:
            guard case .text(let text) = first, case .text(let part) = value(of: arguments[1]) else {
                return .undefined
            }
            return .boolean(
                function == .startsWith ? text.starts(with: part) : text.reversed().starts(with: part.reversed()))
        case .arrayContains:
            let wanted = value(of: arguments[1])
            guard case .array(let array) = first, wanted != .undefined else { return .undefined }
            return .boolean(Self.contains(array, wanted))
        // Type tests: what is undefined is of no type.
        case .isBool: return .boolean(first.truth != nil)
        case .isNull: return .boolean(first == .null)
        case .isNumber: return .boolean(first.kind == .number)
        case .isString: return .boolean(first.kind == .string)
        case .isObject: return .boolean(first.kind == .object)
        case .isArray: return .boolean(first.kind == .array)
        case .isPrimitive: return .boolean(first != .undefined && !first.isContainer)
        }
    }
    private static func contains(_ array: ArraySlice<UInt8>, _ wanted: QueryValue) -> Bool {
        array.withUnsafeBufferPointer { text in
            var isThere = false
            let scanner = TextScanner(text)
            scanner.forEachElement(of: 0) { position in
                let element = QueryValue(DocumentView.Place(scanner: scanner, position: position))
                isThere = compare(.equal, element, wanted) == true
                return !isThere
            }
            return isThere
        }
    }
}
