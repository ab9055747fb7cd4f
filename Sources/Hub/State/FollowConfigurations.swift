import Twins
import Vocabulary

// Twins follow the configurations (query.md section 9): with the change that concerns a twin, in the same batch of the log, and in
// slices after a change of a configuration.
extension HubState {
    /// What the configurations make of the twins that a command has changed; nothing while there are none. Only those are asked
    /// whose condition reads what has changed.
    mutating func follow(_ decision: inout Decision, _ context: DecisionContext) {
        guard !configurations.isEmpty else { return }
        var settling = Settling(context)
        for event in decision.events {
            switch event {
            case .identityCreated(let identity, _): settle(identity.id, .everything, &settling)
            case .identityUpdated(let identity) where !identity.id.isModule:
                // A device may have become an edge device, or have ceased to be one.
                settle(identity.id, asking: { $0.content.kind == .modules }, &settling)
            case .twinPatched(let id, _, let effect), .twinReplaced(let id, _, let effect),
                .twinReported(let id, _, let effect):
                settle(
                    id,
                    asking: {
                        ($0.target.targets == .modules) == id.isModule
                            && $0.target.depends(onChange: effect.before, effect.after)
                    }, &settling)
            case .seeded(let identities, _):
                for seeded in identities { settle(seeded.identity.id, .everything, &settling) }
            default: break
            }
        }
        guard !settling.events.isEmpty else { return }
        decision.events += settling.events
        if case .entity(let answered) = decision.outcome, let entity = entity(answered.id) {
            decision.outcome = .entity(entity)
        }
    }

    private mutating func settle(_ id: TwinID, asking isAsked: (Configuration) -> Bool, _ settling: inout Settling) {
        let asked = configurations.active.filter(isAsked)
        if !asked.isEmpty { settle(id, .these(Set(asked.map(\.number))), &settling) }
    }

    /// Brings a twin into line with the configurations, and with an edge device its modules. Those that are not asked are taken to
    /// stand as before.
    mutating func settle(_ id: TwinID, _ question: Settling.Question, _ settling: inout Settling) {
        guard let entity = entity(id) else { return }
        if id.isModule { return settleModule(entity, question, &settling) }
        let targeting = targeting(entity, question)
        let before = deployments(of: entity)
        settleTwin(
            entity, targeting.map { Contribution($0, module: nil, isOverruled: $0.content.kind == .modules) }, &settling
        )
        let after = self.entity(id).map(deployments) ?? []
        guard !(before.isEmpty && after.isEmpty) else { return }
        if case .these = question, before.map(\.number) == after.map(\.number) { return }
        let present = Set(entity.modules)
        for name in Self.modules(named: after) {
            // Without room for it the module waits for another occasion.
            try? makeEdgeModule(TwinID(trusted: "\(id.key)/\(name)"), &settling)
        }
        for id in self.entity(id)?.modules ?? [] {
            guard let module = self.entity(id) else { continue }
            // One that has just been made may be meant by configurations of its own.
            settleModule(module, present.contains(id) ? .these([]) : .everything, &settling)
        }
    }

    private mutating func settleModule(
        _ entity: Entity, _ question: Settling.Question, _ settling: inout Settling
    ) {
        guard let name = entity.id.module else { return }
        let own = targeting(entity, question).map { ($0, isOverruled: false) }
        var deployments = self.entity(entity.id.owner).map(deployments) ?? []
        // Whatever ranks below a deployment that gives everything is out of the game, in all modules.
        let base = deployments.firstIndex { $0.content.isBase } ?? deployments.endIndex
        var overruled = Set(deployments.dropFirst(base + 1).map(\.number))
        deployments.removeAll { $0.content.section(name) == nil }
        overruled.formIntersection(deployments.map(\.number))
        let all = own + deployments.map { ($0, isOverruled: overruled.contains($0.number)) }
        settleTwin(
            entity,
            all.sorted { $0.0.prevails(over: $1.0) }.map {
                Contribution($0.0, module: name, isOverruled: $0.isOverruled)
            }, &settling)
    }

    /// The configurations for a twin itself, the highest rank first.
    private func targeting(_ entity: Entity, _ question: Settling.Question) -> [Configuration] {
        let standing = Set(entity.configurations.map(\.number))
        return configurations.active.filter { configuration in
            guard (configuration.content.kind == .module) == entity.id.isModule else { return false }
            return question.isAbout(configuration)
                ? configuration.targets(entity) : standing.contains(configuration.number)
        }.sorted { $0.prevails(over: $1) }
    }

    /// The edge deployments for a device, as its twin says, the highest rank first.
    private func deployments(of device: Entity) -> [Configuration] {
        device.configurations.compactMap { configurations.active($0.number) }
            .filter { $0.content.kind == .modules }.sorted { $0.prevails(over: $1) }
    }

    private static func modules(named deployments: [Configuration]) -> [String] {
        var names: [String] = []
        for section in deployments.flatMap(\.content.sections) {
            if let name = section.module, !names.contains(name) { names.append(name) }
        }
        return names
    }

    private mutating func settleTwin(_ entity: Entity, _ wanted: [Contribution], _ settling: inout Settling) {
        guard !(wanted.isEmpty && entity.configurations.isEmpty) else { return }
        let module = entity.id.module
        let old = entity.configurations.filter { $0.status == .applied }.compactMap { standing in
            configurations.known(standing.number).map {
                Contribution($0, module: module, isRetired: configurations.active(standing.number) == nil)
            }
        }
        do {
            try carryOut(wanted, from: old, on: entity, &settling)
        } catch {
            // Something does not fit into this twin. The highest rank has its way as far as it goes; what does not fit beside
            // it stands as targeted.
            var fitting = wanted.map(\.overruled)
            for (index, contribution) in wanted.enumerated() where contribution.parts != nil {
                fitting[index] = contribution
                let plan = settling.plan(for: module, from: old, to: fitting)
                if (try? changes(by: plan, of: entity, at: settling.context.now)) == nil {
                    fitting[index] = contribution.overruled
                }
            }
            // Without any of them something may still be refused: a strict rule that the twin breaks already.
            try? carryOut(fitting, from: old, on: entity, &settling)
        }
    }

    private mutating func carryOut(
        _ wanted: [Contribution], from old: [Contribution], on entity: Entity, _ settling: inout Settling
    ) throws(HubError) {
        let plan = settling.plan(for: entity.id.module, from: old, to: wanted)
        let standing = wanted.compactMap { contribution in
            configurations.active(contribution.number).map {
                ConfigurationStanding(
                    number: $0.number, id: $0.id, status: plan.applied.contains($0.number) ? .applied : .targeted)
            }
        }
        try carryOut(plan, on: entity, standing: standing, &settling)
    }
}
