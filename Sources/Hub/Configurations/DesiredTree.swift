import JSON
import OrderedCollections

/// Desired properties taken apart: what a configuration's content says of a twin.
indirect enum DesiredTree: Hashable, Sendable {
    /// A scalar's or an array's source text.
    case value(ArraySlice<UInt8>)
    case object(OrderedDictionary<String, DesiredTree>)

    static let null = DesiredTree.value(Array("null".utf8)[...])

    /// Of keys that stand twice the last counts.
    init(_ value: JSONValue) {
        guard value.kind == .object else {
            self = .value(value.raw)
            return
        }
        var members: OrderedDictionary<String, DesiredTree> = [:]
        for (key, value) in value.members { members[key] = DesiredTree(value) }
        self = .object(members)
    }

    /// Puts another tree at the path, whatever stood there. What is in the way of the path gives way.
    ///
    /// - Precondition: the path is as long as a content's may be (`ConfigurationContent`).
    mutating func set(_ tree: DesiredTree, at path: ArraySlice<String>) {
        guard let key = path.first else {
            self = tree
            return
        }
        var members = takeMembers()
        members[key, default: .object([:])].set(tree, at: path.dropFirst())
        self = .object(members)
    }

    /// The members, moved out so that changing them copies nothing.
    private mutating func takeMembers() -> OrderedDictionary<String, DesiredTree> {
        guard case .object(let members) = self else { return [:] }
        self = .object([:])
        return members
    }

    /// Both trees' members; where both have something that is not an object, the other one's.
    func overlaid(with other: DesiredTree) -> DesiredTree {
        guard case .object(var members) = self, case .object(let others) = other else { return other }
        for (key, tree) in others { members[key] = members[key]?.overlaid(with: tree) ?? tree }
        return .object(members)
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .value(let text): json.raw(text)
        case .object(let members):
            json.beginObject()
            for (key, tree) in members {
                json.key(key)
                tree.write(to: &json)
            }
            json.endObject()
        }
    }

    var json: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }
}
