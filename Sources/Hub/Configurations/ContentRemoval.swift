import JSON
import OrderedCollections
import Twins

/// What a plan removes from one twin, as a patch of its desired properties with nulls.
struct ContentRemoval {
    private(set) var tree = DesiredTree.object([:])

    var isEmpty: Bool { tree == .object([:]) }

    /// Removes the plan's leaves, those that somebody else has overwritten since excepted; with them the objects that are left
    /// without members; and whatever else stands where an edge deployment gives everything.
    init(_ plan: ContentPlan, from twin: Twin) {
        guard let section = try? JSONDocument(parsing: Array(twin.desiredSection)).root else { return }
        let metadata = section["$metadata"]
        if let found = Self.removal(plan.removals, section, metadata, plan.composition, isRoot: true) { tree = found }
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

    /// The patch of the value at hand: null where all of it goes, nil where nothing does.
    private static func removal(
        _ leaves: LeavesToRemove, _ value: JSONValue, _ metadata: JSONValue?, _ composition: Composition?, isRoot: Bool
    ) -> DesiredTree? {
        switch leaves {
        case .leaf(let author):
            let isOwn = author == nil || metadata?["$lastUpdatedBy"]?.string == author
            return isOwn ? .null : nil
        case .object(let members):
            guard value.kind == .object else { return nil }
            let marks = metadata.map { Dictionary($0.members.map { ($0.key, $0.value) }) { $1 } } ?? [:]
            var kept = 0
            var patch: OrderedDictionary<String, DesiredTree> = [:]
            for (key, inner) in value.members where isRoot ? !key.hasPrefix("$") : true {
                let found = members[key].flatMap {
                    removal($0, inner, marks[key], composition?[key], isRoot: false)
                }
                if let found { patch[key] = found }
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
