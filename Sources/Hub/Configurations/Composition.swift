import OrderedCollections

/// The desired properties that all contributions to a twin make together, each leaf with the one that it comes from.
///
/// Device and module configurations are merged into each other leaf by leaf. An edge deployment gives whole values: a base all of
/// a module's desired properties, a layer the value at each of its paths.
indirect enum Composition: Hashable {
    case leaf(ArraySlice<UInt8>, owner: Int)
    case object(OrderedDictionary<String, Composition>)

    static let nothing = Composition.object([:])

    /// - Parameter contributions: the highest rank first; an owner is an index into them.
    init(_ contributions: [Contribution]) {
        self = .nothing
        for (owner, contribution) in contributions.enumerated().reversed() {
            for part in contribution.parts ?? [] {
                put(part.tree, at: part.path[...], owner: owner, isWhole: contribution.kind == .modules)
            }
        }
    }

    subscript(key: String) -> Composition? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// Whose leaves there are.
    var owners: Set<Int> {
        switch self {
        case .leaf(_, let owner): [owner]
        case .object(let members): members.values.reduce(into: []) { $0.formUnion($1.owners) }
        }
    }

    private mutating func put(_ tree: DesiredTree, at path: ArraySlice<String>, owner: Int, isWhole: Bool) {
        if let key = path.first {
            var members = takeMembers()
            members[key, default: .nothing].put(tree, at: path.dropFirst(), owner: owner, isWhole: isWhole)
            self = .object(members)
            return
        }
        if isWhole { self = .nothing }
        switch tree {
        case .value(let text): self = .leaf(text, owner: owner)
        case .object(let given):
            // An object without members is a value of its own, and nothing where there is an object already.
            guard !given.isEmpty else {
                if self == .nothing || !isObject { self = .leaf(Self.emptyObject, owner: owner) }
                return
            }
            var members = takeMembers()
            for (key, inner) in given {
                members[key, default: .nothing].put(inner, at: [], owner: owner, isWhole: false)
            }
            self = .object(members)
        }
    }

    /// The members, moved out so that changing them copies nothing.
    private mutating func takeMembers() -> OrderedDictionary<String, Composition> {
        guard case .object(let members) = self else { return [:] }
        self = .nothing
        return members
    }

    private var isObject: Bool { if case .object = self { true } else { false } }

    private static let emptyObject = Array("{}".utf8)[...]
}
