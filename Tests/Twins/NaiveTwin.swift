import Vocabulary

/// The rules of twins.md sections 3 to 6 once more, over dictionaries, as plainly as they can be said.
struct NaiveTwin {
    var version = 2
    var updates = 1
    var tags = Node.object([:], nil)
    var desired: Section
    var reported: Section

    struct Section {
        var version = 1
        var root: Node
    }

    struct Stamp: Equatable {
        var time: Timestamp
        var version: Int?
    }

    indirect enum Node {
        case leaf(Tree, Stamp?)
        case object([String: Node], Stamp?)

        var tree: Tree {
            switch self {
            case .leaf(let tree, _): tree
            case .object(let members, _): .object(members.mapValues(\.tree))
            }
        }

        var metadata: Tree {
            var members: [String: Tree] = [:]
            let stamp: Stamp?
            switch self {
            case .leaf(_, let own): stamp = own
            case .object(let children, let own):
                stamp = own
                members = children.mapValues(\.metadata)
            }
            members["$lastUpdated"] = .string("\(stamp!.time)")
            if let version = stamp!.version { members["$lastUpdatedVersion"] = .number("\(version)") }
            return .object(members)
        }
    }

    init(at time: Timestamp) {
        desired = Section(root: .object([:], Stamp(time: time, version: nil)))
        reported = Section(root: .object([:], Stamp(time: time, version: nil)))
    }

    /// What the device hears; nil for nothing.
    mutating func patch(tags tagsPatch: Tree?, desired desiredPatch: Tree?, at time: Timestamp) -> Tree? {
        let changesTags = tagsPatch.map { Self.asks($0, of: tags.tree) } ?? false
        let changesDesired = desiredPatch.map { Self.asks($0, of: desired.root.tree) } ?? false
        guard changesTags || changesDesired else { return nil }
        version += 1
        updates += 1
        if changesTags { tags = Self.merge(tagsPatch!, over: tags, nil) }
        guard changesDesired, case .object(var members) = desiredPatch! else { return nil }
        desired.version += 1
        desired.root = Self.merge(desiredPatch!, over: desired.root, Stamp(time: time, version: desired.version))
        members["$version"] = .number("\(desired.version)")
        return .object(members)
    }

    mutating func put(tags newTags: Tree?, desired newDesired: Tree?, at time: Timestamp) -> Tree {
        version += 1
        updates += 1
        desired.version += 1
        let before = desired.root.tree
        tags = Self.merge(newTags ?? .object([:]), over: nil, nil)
        desired.root = Self.merge(newDesired ?? .object([:]), over: nil, Stamp(time: time, version: desired.version))
        guard case .object(var members) = Self.notice(from: before, to: desired.root.tree) else { return .null }
        members["$version"] = .number("\(desired.version)")
        return .object(members)
    }

    mutating func report(_ patch: Tree, at time: Timestamp) {
        version += 1
        reported.version += 1
        let stamp = Stamp(time: time, version: nil)
        reported.root = Self.merge(patch, over: reported.root, stamp)
        // The root is stamped even where the patch asks for nothing.
        if case .object(let members, _) = reported.root { reported.root = .object(members, stamp) }
    }

    /// Whether a patch writes or removes anything.
    static func asks(_ patch: Tree, of value: Tree?) -> Bool {
        switch (patch, value) {
        case (.null, nil): false
        case (.object(let changes), .object(let members)?): changes.contains { asks($1, of: members[$0]) }
        default: true
        }
    }

    static func merge(_ patch: Tree, over node: Node?, _ stamp: Stamp?) -> Node {
        guard case .object(let changes) = patch else { return .leaf(patch, stamp) }
        var members: [String: Node] = [:]
        if case .object(let existing, _)? = node {
            guard asks(patch, of: node!.tree) else { return node! }
            members = existing
        }
        for (key, change) in changes {
            members[key] = change == .null ? nil : merge(change, over: members[key], stamp)
        }
        return .object(members, stamp)
    }

    static func notice(from old: Tree, to new: Tree) -> Tree {
        guard case .object(let before) = old, case .object(let after) = new else { return new }
        var result = after
        for (key, value) in before { result[key] = after[key].map { notice(from: value, to: $0) } ?? .null }
        return .object(result)
    }

    /// The paths at which two values differ, from either side; nil where they do not.
    static func difference(_ old: Tree, _ new: Tree) -> (before: Tree, after: Tree)? {
        guard case .object(let before) = old, case .object(let after) = new else {
            return old == new ? nil : (old, new)
        }
        var result: (before: [String: Tree], after: [String: Tree]) = ([:], [:])
        for key in Set(before.keys).union(after.keys) {
            guard let found = difference(before[key] ?? .null, after[key] ?? .null) else { continue }
            result.before[key] = found.before
            result.after[key] = found.after
        }
        return result.before.isEmpty ? nil : (.object(result.before), .object(result.after))
    }

    var document: Tree {
        .object([
            "tags": tags.tree, "properties": .object(["desired": desired.root.tree, "reported": reported.root.tree]),
        ])
    }
}

extension NaiveTwin.Section {
    var tree: Tree {
        guard case .object(var members) = root.tree else { return .null }
        members["$metadata"] = root.metadata
        members["$version"] = .number("\(version)")
        return .object(members)
    }
}
