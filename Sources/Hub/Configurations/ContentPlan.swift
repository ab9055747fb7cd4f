import JSON
import Twins
import Vocabulary

/// What has to be written into a twin when those that contribute to it change. The same for every twin that goes from the one list
/// to the other, but for what is to be removed, which depends on what is there.
struct ContentPlan {
    /// Patches, the lowest rank first, each with its configuration's mark.
    private(set) var writes: [Write] = []
    /// Leaves that nobody gives any more.
    let removals: LeavesToRemove
    /// Paths below which nothing may stand but what is composed: what an edge deployment that comes new gives as a whole.
    private(set) var wholes: [[String]] = []
    let composition: Composition
    /// The contributions that have something here, or nothing to give.
    let applied: Set<UInt64>

    struct Write {
        let contribution: Contribution
        let tree: DesiredTree
        let patch: ServicePatch?
    }

    /// - Parameters:
    ///   - old: those whose content stands in the twin, the highest rank first.
    ///   - new: those that contribute from now on.
    init(from old: [Contribution], to new: [Contribution]) {
        composition = Composition(new)
        let owners = composition.owners
        applied = Set(new.enumerated().filter { owners.contains($0) || $1.isEmpty }.map(\.element.number))
        let isEdge = new.contains { $0.kind == .modules && $0.parts != nil }
        for contribution in new where contribution.kind == .modules {
            guard !old.contains(where: { $0.number == contribution.number }) else { continue }
            wholes += (contribution.parts ?? []).map(\.path)
        }
        var difference = Difference(old: old, new: new)
        difference.write(composition, over: Composition(old), at: [])
        difference.remove(Composition(old), under: composition, at: [], isEdge: isEdge)
        removals = difference.removals
        for (owner, contribution) in new.enumerated().reversed() {
            guard let tree = difference.trees[owner] else { continue }
            writes.append(Write(contribution: contribution, tree: tree, patch: Self.patch(tree)))
        }
    }

    /// Whether the twin's desired properties stay as they are.
    var isEmpty: Bool { writes.isEmpty && removals.isEmpty && wholes.isEmpty }

    /// Nil for what is no patch, which content that was checked is never.
    static func patch(_ desired: DesiredTree) -> ServicePatch? {
        guard let document = try? JSONDocument(parsing: desired.json) else { return nil }
        return try? ServicePatch(tags: nil, desired: document.root)
    }

    /// Walks what stands and what shall stand.
    private struct Difference {
        let old: [Contribution]
        let new: [Contribution]
        var trees: [Int: DesiredTree] = [:]
        var removals = LeavesToRemove.none

        /// Every leaf whose owner is another than before.
        mutating func write(_ now: Composition, over before: Composition?, at path: [String]) {
            switch now {
            case .leaf(let text, let owner):
                if case .leaf(let there, let previous) = before, there == text,
                    old[previous].number == new[owner].number
                {
                    return
                }
                guard !path.isEmpty else { return }
                trees[owner, default: .object([:])].set(.value(text), at: path[...])
            case .object(let members):
                for (key, inner) in members { write(inner, over: before?[key], at: path + [key]) }
            }
        }

        /// Every leaf that stands where nobody gives anything any more. The reference says only what a deletion leaves; a twin
        /// that leaves a condition loses what the configuration has written, as Microsoft's guide to automatic management
        /// tells, but for what somebody else has written over it since.
        mutating func remove(_ before: Composition, under now: Composition?, at path: [String], isEdge: Bool) {
            switch before {
            case .leaf(_, let owner):
                guard now == nil, !path.isEmpty else { return }
                let author = old[owner]
                // A deployment's settings stay until another one takes its place, a deleted configuration's stay for good.
                if author.kind == .modules {
                    if isEdge { removals.add(author: nil, at: path[...]) }
                } else if !author.isRetired {
                    removals.add(author: author.stamp?.id, at: path[...])
                }
            case .object(let members):
                if case .leaf = now { return }
                for (key, inner) in members {
                    remove(inner, under: now?[key], at: path + [key], isEdge: isEdge)
                }
            }
        }
    }
}
