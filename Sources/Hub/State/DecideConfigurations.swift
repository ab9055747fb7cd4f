import Twins
import Vocabulary

// Automatic configurations and edge deployments (rest.md section 11).
extension HubState {
    /// Twins follow afterwards, in slices of their own (`Rollout`), however many they are. Where there is none of this id it is
    /// made, whatever `If-Match` says: it is not as with identities (rest.md section 3.1).
    mutating func putConfiguration(
        _ id: ConfigurationID, _ draft: ConfigurationDraft, _ precondition: Precondition, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        var configuration: Configuration
        if let existing = configurations[id] {
            guard precondition != .none else {
                throw HubError(.configurationAlreadyExists, "A configuration with ID '\(id)' already exists.")
            }
            try check(precondition, existing)
            configuration = existing
            // Content that differs is passed over without a word, as by the real hub.
            configuration.draft = try draft.keeping(existing.content)
            configuration.updated = context.now
            configuration.etagCounter += 1
            if draft.target.text != existing.target.text || draft.priority != existing.priority {
                configuration.revision = configurations.revision + 1
            }
        } else {
            guard configurations.active.count < limits.configurations else {
                throw HubError(
                    .configurationCountLimitExceeded,
                    "The hub holds \(limits.configurations) configurations, its limit.")
            }
            configuration = Configuration(
                id: id, number: configurations.newestNumber + 1, created: context.now, updated: context.now,
                etagCounter: 1, revision: configurations.revision + 1, draft: draft)
        }
        let event = Event.configuration(.updated(configuration))
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .configuration(configuration))
    }

    mutating func deleteConfiguration(
        _ id: ConfigurationID, _ precondition: Precondition, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let existing = configurations[id] else { throw .configurationNotFound(id) }
        try check(precondition, existing)
        let event = Event.configuration(.deleted(id))
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .done)
    }

    /// All of it or nothing. Modules that the device lacks are made.
    mutating func applyContent(
        _ content: ConfigurationContent, to device: TwinID, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let entity = entity(device) else { throw .deviceNotFound(device) }
        guard entity.identity.iotEdge else { throw HubError(.argumentInvalid, "Not an Azure IoT Edge device") }
        guard content.kind != .module else {
            throw HubError(.invalidConfigurationContent, "moduleContent does not say for which module it is.")
        }
        var trial = self
        var settling = Settling(context)
        for section in content.sections {
            var id = device
            if let module = section.module {
                id = TwinID(trusted: "\(device.key)/\(module)")
                try trial.makeEdgeModule(id, &settling)
            }
            guard let entity = trial.entity(id) else { throw .deviceNotFound(id) }
            let plan = ContentPlan(from: [], to: [Contribution(content, section)])
            try trial.carryOut(plan, on: entity, standing: entity.configurations, &settling)
        }
        self = trial
        return Decision(events: settling.events, outcome: .done)
    }

    /// A slice of what a changed configuration asks for. Each twin is judged as it stands now, so that it does not matter what has
    /// happened since somebody found that it may be concerned.
    mutating func settleConfigurations(
        _ ids: [TwinID], through revision: UInt64?, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        var settling = Settling(context)
        for id in ids { settle(id, .everything, &settling) }
        if let revision {
            let event = Event.configuration(.settled(revision: revision))
            try must(event, at: context.now)
            settling.events.append(event)
        }
        return Decision(events: settling.events, outcome: .done)
    }

    private func check(_ precondition: Precondition, _ configuration: Configuration) throws(HubError) {
        guard precondition.allows(configuration.etag) else {
            throw HubError(
                .preconditionFailed,
                "Precondition failed: the etag of configuration '\(configuration.id)' did not match."
            )
        }
    }
}

extension HubError {
    public static func configurationNotFound(_ id: ConfigurationID) -> HubError {
        HubError(.configurationNotFound, "There is no configuration '\(id)'.")
    }
}
