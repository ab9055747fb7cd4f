import JSON

/// What a route condition reads of a message.
enum RouteReference: Hashable, Sendable {
    /// An application property; its name in lower case, since case does not count.
    case application(String)
    /// `$name`: the application property of this name with its `$`, or else the system property (the order of the code,
    /// which the documentation states the other way round).
    case either(String)
    case system(String)
    case body([Step])
    case twin([Step])

    enum Step: Hashable, Sendable {
        /// Case does not count, unless two members differ in nothing else.
        case key(String)
        case element(Int)
    }

    /// The value that the steps lead to.
    static func find(_ steps: [Step], in root: JSONValue) -> JSONValue? {
        var value = root
        for step in steps {
            switch step {
            case .key(let key):
                guard value.kind == .object, let next = value[key] ?? member(key, of: value) else { return nil }
                value = next
            case .element(let index):
                guard value.kind == .array, let next = value.elements.dropFirst(index).first(where: { _ in true })
                else {
                    return nil
                }
                value = next
            }
        }
        return value
    }

    private static func member(_ key: String, of object: JSONValue) -> JSONValue? {
        let wanted = key.lowercased()
        for (name, value) in object.members where name.lowercased().utf8.elementsEqual(wanted.utf8) { return value }
        return nil
    }
}
