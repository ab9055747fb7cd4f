import JSON

/// An event's properties in the order in which they were given. Of two with one name the later counts (mqtt.md section 4).
public struct EventProperties: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    public struct Property: Sendable, Hashable {
        public var name: String
        /// Nil for a name that was given without a value.
        public var value: String?
    }

    public private(set) var all: [Property] = []

    public init() {}

    /// Takes properties whose names are known to be all different, so that no two have to be compared.
    public init(differing properties: [(name: String, value: String?)]) {
        all = properties.map { Property(name: $0.name, value: $0.value) }
    }

    public init(dictionaryLiteral elements: (String, String?)...) {
        for (name, value) in elements { set(name, value) }
    }

    public var isEmpty: Bool { all.isEmpty }

    public subscript(_ name: String) -> String? { index(of: name).flatMap { all[$0].value } }

    /// Adds a property, or gives the one of this name another value.
    public mutating func set(_ name: String, _ value: String?) {
        if let index = index(of: name) {
            all[index].value = value
        } else {
            all.append(Property(name: name, value: value))
        }
    }

    /// Names are compared byte by byte, and almost always their lengths tell them apart.
    private func index(of name: String) -> Int? {
        all.firstIndex { $0.name.utf8.count == name.utf8.count && $0.name == name }
    }

    mutating func remove(_ name: String) { all.removeAll { $0.name == name } }

    /// About as many bytes as ``write(to:)`` writes; escapes come on top.
    var writtenBytes: Int {
        all.reduce(2) { $0 + $1.name.utf8.count + ($1.value?.utf8.count ?? 2) + 6 }
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        for property in all {
            json.key(property.name)
            json.value(property.value)
        }
        json.endObject()
    }
}
