/// The built-in functions of route conditions (query.md section 5).
enum RouteFunction: String, Sendable, CaseIterable {
    case isDefined = "is_defined"
    case isBool = "is_bool"
    case isNull = "is_null"
    case isNumber = "is_number"
    case isString = "is_string"
    case isObject = "is_object"
    case isPrimitive = "is_primitive"
    case isArray = "is_array"
    case startsWith = "starts_with"
    case endsWith = "ends_with"
    case contains
    case asNumber = "as_number"
    case abs, exp, power, square, ceiling, floor, sign, sqrt
    case concat, length, lower, upper, substring
    case indexOf = "index_of"
    /// Of twin changes only; its argument is a path within the change.
    case twinChangeIncludes = "twin_change_includes"

    var result: RouteType {
        switch self {
        case .isDefined, .isBool, .isNull, .isNumber, .isString, .isObject, .isPrimitive, .isArray, .startsWith,
            .endsWith, .contains, .twinChangeIncludes:
            .bool
        case .asNumber, .abs, .exp, .power, .square, .ceiling, .floor, .sign, .sqrt, .length, .indexOf: .number
        case .concat, .lower, .upper, .substring: .string
        }
    }

    func takes(_ types: [RouteType]) -> Bool {
        switch self {
        case .isDefined, .isBool, .isNull, .isNumber, .isString, .isObject, .isPrimitive, .isArray: types.count == 1
        case .twinChangeIncludes: types == [.string]
        case .asNumber: types.count == 1 && (types[0].fits(.string) || types[0].fits(.number))
        case .abs, .exp, .square, .ceiling, .floor, .sign, .sqrt: Self.fit(types, [.number])
        case .power: Self.fit(types, [.number, .number])
        case .length, .lower, .upper: Self.fit(types, [.string])
        case .startsWith, .endsWith, .contains, .indexOf: Self.fit(types, [.string, .string])
        case .substring: Self.fit(types, [.string, .number]) || Self.fit(types, [.string, .number, .number])
        // A null operand counts as an empty string.
        case .concat: types.count >= 2 && types.allSatisfy { $0 == .null || $0.fits(.string) }
        }
    }

    private static func fit(_ types: [RouteType], _ expected: [RouteType]) -> Bool {
        types.count == expected.count && zip(types, expected).allSatisfy { $0.fits($1) }
    }
}
