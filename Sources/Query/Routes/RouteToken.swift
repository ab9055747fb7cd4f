/// A word of a route condition with its place.
struct RouteToken {
    enum Kind: Equatable {
        /// An application property, or a function where a parenthesis follows.
        case name(String)
        /// `$name`: an application property of that name, or a system property.
        case system(String)
        /// `{$name}`: a system property only.
        case systemOnly(String)
        case body([RouteReference.Step])
        case twin([RouteReference.Step])
        case keyword(Keyword)
        case literal(RouteValue)
        /// An operator or a parenthesis.
        case mark(String)
        case end
    }

    enum Keyword: String {
        case and, or, not
    }

    var kind: Kind
    var start: RouteConditionError.Place
    var end: RouteConditionError.Place
    var text: String
}
