import JSON

/// Desired properties taken apart: what a configuration's content says of a twin.
indirect enum DesiredTree: Hashable, Sendable {
    /// A scalar's or an array's source text.
    case value(ArraySlice<UInt8>)
    case object([Member])

    struct Member: Hashable, Sendable {
        let key: String
        var tree: DesiredTree
    }

    static let null = DesiredTree.value(Array("null".utf8)[...])

    /// Of keys that stand twice the last counts.
    init(_ value: JSONValue) {
        guard value.kind == .object else {
            self = .value(value.raw)
            return
        }
        var members: [Member] = []
        for (key, value) in value.members {
            members.removeAll { $0.key == key }
            members.append(Member(key: key, tree: DesiredTree(value)))
        }
        self = .object(members)
    }

    subscript(key: String) -> DesiredTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.tree
    }

    /// Puts another tree at the path, whatever stood there. What is in the way of the path gives way.
    mutating func set(_ tree: DesiredTree, at path: ArraySlice<String>) {
        guard let key = path.first else {
            self = tree
            return
        }
        var members: [Member] = []
        if case .object(let present) = self { members = present }
        var inner = DesiredTree.object([])
        let index = members.firstIndex { $0.key == key }
        if let index { inner = members[index].tree }
        inner.set(tree, at: path.dropFirst())
        if let index { members[index].tree = inner } else { members.append(Member(key: key, tree: inner)) }
        self = .object(members)
    }

    /// Both trees' members; where both have something that is not an object, the other one's.
    func overlaid(with other: DesiredTree) -> DesiredTree {
        guard case .object(var members) = self, case .object(let others) = other else { return other }
        for member in others {
            if let index = members.firstIndex(where: { $0.key == member.key }) {
                members[index].tree = members[index].tree.overlaid(with: member.tree)
            } else {
                members.append(member)
            }
        }
        return .object(members)
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .value(let text): json.raw(text)
        case .object(let members):
            json.beginObject()
            for member in members {
                json.key(member.key)
                member.tree.write(to: &json)
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
