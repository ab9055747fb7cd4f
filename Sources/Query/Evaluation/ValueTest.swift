import Glibc

/// What a condition asks of the value at one path. Answers as the evaluator does (query.md section 6), and looks at no more of the
/// value than it has to.
enum ValueTest: Sendable {
    case comparison(Expression.Comparison, QueryValue)
    /// A short list, whose values are compared one by one where the value stands.
    case isOneOf([QueryValue], isNegated: Bool)
    /// A long one, for which the value is read once.
    case isIn(Set<QueryValue>, isNegated: Bool)
    case startsWith(ArraySlice<UInt8>)
    case isDefined

    /// IN and NIN.
    init(among list: [QueryValue], isNegated: Bool) {
        let ordinary = list.filter(\.isOrdinary)
        self =
            ordinary.count <= Self.shortList
            ? .isOneOf(ordinary, isNegated: isNegated) : .isIn(Set(ordinary), isNegated: isNegated)
    }

    /// Up to so many values, comparing takes less time than hashing.
    private static let shortList = 4

    /// Nil where it is undefined.
    ///
    /// - Parameter place: nil where nothing stands there.
    func truth(of place: DocumentView.Place?) -> Bool? {
        guard let place else { return if case .isDefined = self { false } else { nil } }
        switch self {
        case .isDefined: return true
        case .comparison(let comparison, let constant):
            guard constant.isOrdinary, !Self.isContainer(place) else { return nil }
            switch comparison {
            case .equal: return Self.isEqual(place, constant)
            case .notEqual: return !Self.isEqual(place, constant)
            case .less: return Self.order(place, constant).map { $0 < 0 }
            case .lessOrEqual: return Self.order(place, constant).map { $0 <= 0 }
            case .greater: return Self.order(place, constant).map { $0 > 0 }
            case .greaterOrEqual: return Self.order(place, constant).map { $0 >= 0 }
            }
        case .isOneOf(let list, let isNegated):
            if Self.isContainer(place) { return nil }
            return list.contains { Self.isEqual(place, $0) } != isNegated
        case .isIn(let set, let isNegated):
            if Self.isContainer(place) { return nil }
            return set.contains(QueryValue(place)) != isNegated
        case .startsWith(let part):
            guard place.first == UInt8(ascii: "\"") else { return nil }
            return Self.withContent(of: place) { content in
                content.count >= part.count
                    && Self.order(UnsafeBufferPointer(rebasing: content.prefix(part.count)), part) == 0
            }
        }
    }

    private static func isContainer(_ place: DocumentView.Place) -> Bool {
        place.first == UInt8(ascii: "{") || place.first == UInt8(ascii: "[")
    }

    private static func isNumber(_ place: DocumentView.Place) -> Bool {
        place.first == UInt8(ascii: "-") || place.first &- UInt8(ascii: "0") < 10
    }

    private static func isEqual(_ place: DocumentView.Place, _ constant: QueryValue) -> Bool {
        switch constant {
        case .null: place.first == UInt8(ascii: "n")
        case .boolean(let flag): place.first == (flag ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        case .number, .text: order(place, constant) == 0
        case .undefined, .object, .array: false
        }
    }

    /// Below, at or above zero; nil where the two have no order.
    private static func order(_ place: DocumentView.Place, _ constant: QueryValue) -> Int? {
        switch constant {
        case .number(let number):
            guard isNumber(place), let value = NumberText.value(place.text) else { return nil }
            return value < number ? -1 : value == number ? 0 : 1
        case .text(let text):
            guard place.first == UInt8(ascii: "\"") else { return nil }
            return withContent(of: place) { order($0, text) }
        default: return nil
        }
    }

    private static func order(_ content: UnsafeBufferPointer<UInt8>, _ text: ArraySlice<UInt8>) -> Int {
        let order = text.withUnsafeBufferPointer { text -> Int32 in
            guard let one = content.baseAddress, let other = text.baseAddress else { return 0 }
            return memcmp(one, other, min(content.count, text.count))
        }
        return order == 0 ? content.count - text.count : Int(order)
    }

    /// What a string stands for.
    private static func withContent<Result>(
        of place: DocumentView.Place, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        let (close, isEscaped) = place.scanner.string(at: place.position)
        let content = place.position + 1..<close
        guard isEscaped else { return body(place.scanner.text(content)) }
        return place.scanner.decoded(content).withUnsafeBufferPointer(body)
    }
}
