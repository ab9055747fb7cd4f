import Access
import JSON
import Twins
import Vocabulary

// What configurations write, into one twin.
extension HubState {
    /// Writes what a plan says, and who stands how. All of it or nothing.
    mutating func carryOut(
        _ plan: ContentPlan, on entity: Entity, standing: [ConfigurationStanding], _ settling: inout Settling
    ) throws(HubError) {
        let changes = try changes(by: plan, of: entity, at: settling.context.now)
        let isMoved = standing != entity.configurations
        for (index, (change, patch, stamp)) in changes.enumerated() {
            let isLast = index == changes.count - 1
            apply(change, to: self.entity(entity.id) ?? entity, configurations: isLast && isMoved ? standing : nil)
            let effect = TwinEffect(change, keysReset: Self.keysReset(by: change, of: entity.id), by: stamp)
            settling.events.append(.twinPatched(entity.id, patch, effect))
        }
        guard isMoved else { return }
        if changes.isEmpty { put(entity.with(configurations: standing)) }
        settling.events.append(.configuration(.targeted(entity.id, standing)))
    }

    /// What a plan comes to in a twin, one change after the other; throws where the twin refuses one of them.
    func changes(
        by plan: ContentPlan, of entity: Entity, at time: Timestamp
    ) throws(HubError) -> [(change: TwinChange, patch: ServicePatch, stamp: ConfigurationStamp?)] {
        var changes: [(change: TwinChange, patch: ServicePatch, stamp: ConfigurationStamp?)] = []
        var twin = entity.twin
        for (patch, stamp) in patches(plan, twin) {
            let change = try twin.patched(patch, at: time, by: stamp)
            if change.isUnchanged { continue }
            try checkStrictly(change.twin, of: entity.id)
            changes.append((change, patch, stamp))
            twin = change.twin
        }
        return changes
    }

    /// A plan's patches, the lowest rank first; what is to be removed goes with the first of them.
    private func patches(
        _ plan: ContentPlan, _ twin: Twin
    ) -> [(patch: ServicePatch, stamp: ConfigurationStamp?)] {
        var patches: [(ServicePatch, ConfigurationStamp?)] = []
        for write in plan.writes {
            if let patch = write.patch { patches.append((patch, write.contribution.stamp)) }
        }
        guard !(plan.removals.isEmpty && plan.wholes.isEmpty) else { return patches }
        let removal = ContentRemoval(plan, from: twin)
        guard !removal.isEmpty else { return patches }
        guard let first = plan.writes.first, !patches.isEmpty else {
            return ContentPlan.patch(removal.tree).map { [($0, nil)] } ?? []
        }
        if let patch = ContentPlan.patch(removal.tree.overlaid(with: first.tree)) { patches[0].0 = patch }
        return patches
    }

    /// A module of an edge deployment that is not there yet: the real hub makes it with what is written into its twin, and the
    /// device's runtime takes it over.
    mutating func makeEdgeModule(_ id: TwinID, _ settling: inout Settling) throws(HubError) {
        guard entity(id) == nil, let device = entity(id.owner), let name = id.module else { return }
        try checkRoom(forIdentities: 1)
        try checkRoom(forModules: 1, on: device)
        let environment = settling.context.environment
        var identity = Identity(
            id: id, generation: max(UInt64(settling.context.now.ticks), registry.newestGeneration + 1),
            etagCounter: settling.context.newEtagCounter(),
            authentication: name.hasPrefix("$")
                ? .none : .sas(primary: .generate(environment), secondary: .generate(environment)))
        identity.managedBy = "iotEdge"
        let event = Event.identityCreated(identity, seed: nil)
        try must(event, at: settling.context.now)
        settling.events.append(event)
    }
}
