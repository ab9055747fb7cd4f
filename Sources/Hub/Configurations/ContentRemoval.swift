import JSON
import Twins

/// What a plan removes from one twin, as a patch of its desired properties with nulls.
struct ContentRemoval {
    private(set) var tree = DesiredTree.object([])

    var isEmpty: Bool { tree == .object([]) }

    /// Removes the plan's leaves, those that somebody else has overwritten since excepted; with them the objects that are left
    /// without members; and whatever else stands where an edge deployment gives everything.
    init(_ plan: ContentPlan, from twin: Twin) {
        guard let section = try? JSONDocument(parsing: Array(twin.desiredSection)).root else { return }
        let metadata = section["$metadata"]
        var wanted = Wanted.object([:])
        for removal in plan.removals { wanted.add(removal, at: removal.path[...]) }
        if let found = Self.removal(wanted, section, metadata, plan.composition, isRoot: true) { tree = found }
        for path in plan.wholes {
            var value: JSONValue? = section
            var composition: Composition? = plan.composition
            for key in path {
                value = value?[key]
                composition = composition?[key]
            }
            if let value, let composition { clear(value, of: composition, at: path) }
        }
    }

    /// Leaves to be removed, by the way to them.
    private indirect enum Wanted {
        case leaf(author: String?)
        case object([String: Wanted])

        mutating func add(_ removal: ContentPlan.Removal, at path: ArraySlice<String>) {
            guard let key = path.first else {
                self = .leaf(author: removal.author)
                return
            }
            guard case .object(var members) = self else { return }
            members[key, default: .object([:])].add(removal, at: path.dropFirst())
            self = .object(members)
        }
    }

    /// The patch of the value at hand: null where all of it goes, nil where nothing does.
    private static func removal(
        _ wanted: Wanted, _ value: JSONValue, _ metadata: JSONValue?, _ composition: Composition?, isRoot: Bool
    ) -> DesiredTree? {
        switch wanted {
        case .leaf(let author):
            let isOwn = author == nil || metadata?["$lastUpdatedBy"]?.string == author
            return isOwn ? .null : nil
        case .object(let members):
            guard value.kind == .object else { return nil }
            var kept = 0
            var patch: [DesiredTree.Member] = []
            for (key, inner) in value.members where isRoot ? !key.hasPrefix("$") : true {
                let found = members[key].flatMap {
                    removal($0, inner, metadata?[key], composition?[key], isRoot: false)
                }
                if let found { patch.append(.init(key: key, tree: found)) }
                if found != .null { kept += 1 }
            }
            if patch.isEmpty { return nil }
            return kept == 0 && composition == nil && !isRoot ? .null : .object(patch)
        }
    }

    private mutating func clear(_ value: JSONValue, of composition: Composition, at path: [String]) {
        guard value.kind == .object, case .object = composition else { return }
        for (key, inner) in value.members where path.isEmpty ? !key.hasPrefix("$") : true {
            if let kept = composition[key] {
                clear(inner, of: kept, at: path + [key])
            } else {
                tree.set(.null, at: (path + [key])[...])
            }
        }
    }
}
