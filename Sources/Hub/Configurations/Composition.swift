/// The desired properties that all contributions to a twin make together, each leaf with the one that it comes from.
///
/// Device and module configurations are merged into each other leaf by leaf. An edge deployment gives whole values: a base all of
/// a module's desired properties, a layer the value at each of its paths.
indirect enum Composition: Hashable {
    case leaf(ArraySlice<UInt8>, owner: Int)
    case object([Member])

    struct Member: Hashable {
        let key: String
        var value: Composition
    }

    static let nothing = Composition.object([])

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
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// Whose leaves there are.
    var owners: Set<Int> {
        switch self {
        case .leaf(_, let owner): [owner]
        case .object(let members): members.reduce(into: []) { $0.formUnion($1.value.owners) }
        }
    }

    private mutating func put(_ tree: DesiredTree, at path: ArraySlice<String>, owner: Int, isWhole: Bool) {
        if let key = path.first {
            member(key) { $0.put(tree, at: path.dropFirst(), owner: owner, isWhole: isWhole) }
            return
        }
        if isWhole { self = .nothing }
        switch tree {
        case .value(let text): self = .leaf(text, owner: owner)
        case .object(let members):
            for inner in members {
                member(inner.key) { $0.put(inner.tree, at: [], owner: owner, isWhole: false) }
            }
            // An object without members is a value of its own, and nothing where there is an object already.
            if members.isEmpty, self == .nothing || !isObject { self = .leaf(Self.emptyObject, owner: owner) }
        }
    }

    private var isObject: Bool { if case .object = self { true } else { false } }

    private static let emptyObject = Array("{}".utf8)[...]

    private mutating func member(_ key: String, _ change: (inout Composition) -> Void) {
        var members: [Member] = []
        if case .object(let present) = self { members = present }
        if let index = members.firstIndex(where: { $0.key == key }) {
            change(&members[index].value)
        } else {
            members.append(Member(key: key, value: .nothing))
            change(&members[members.count - 1].value)
        }
        self = .object(members)
    }
}
