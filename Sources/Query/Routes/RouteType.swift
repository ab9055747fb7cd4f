/// What is known of a part's value before any message comes. Application and system properties are always strings; a value of
/// the body or the twin may be anything.
enum RouteType: String, Sendable {
    case number, bool, string, null, undefined, any

    /// Whether a value of this type may stand where `expected` is asked for.
    func fits(_ expected: RouteType) -> Bool {
        self == expected || self == .any || self == .undefined || expected == .any
    }
}
