import Twins
import Vocabulary

// Bulk registry operations (rest.md section 6) and seeding, which reads the same lines.
extension HubState {
    /// Applies each item by itself; good items stay applied beside bad ones.
    mutating func bulk(_ items: [RegistryItem], _ context: DecisionContext) throws(HubError) -> Decision {
        guard items.count <= limits.bulkItems else {
            throw HubError(.argumentInvalid, "A bulk request holds at most \(limits.bulkItems) items.")
        }
        var seen: Set<TwinID> = []
        for item in items where !seen.insert(item.id).inserted {
            throw HubError(.deviceDefinedMultipleTimes, "\(item.id.device) is defined multiple times.")
        }
        let applied = try applyEach(items, context)
        return Decision(events: applied.events, outcome: .bulk(BulkResult(errors: applied.refused.map(\.error))))
    }

    /// What came of applying items one by one, with the position of each that was refused, where there is one.
    typealias AppliedItems = (events: [Event], refused: [(position: Int?, error: BulkResult.ItemError)])

    /// Applies each item by itself, in order.
    mutating func applyEach(_ items: [RegistryItem], _ context: DecisionContext) throws(HubError) -> AppliedItems {
        var applied: AppliedItems = ([], [])
        var systemModules: Set<TwinID> = []
        for (position, item) in items.enumerated() {
            let isNew = entity(item.id) == nil
            do {
                let events = item.bringsTwinOnly && !isNew ? [] : try apply(item, context).events
                for case .identityCreated(let identity, _) in events {
                    if !identity.id.isModule {
                        promisedIdentities += settings.rule.modules.count
                    } else if identity.id != item.id {
                        systemModules.insert(identity.id)
                    }
                }
                applied.events += events
                // By itself: whether the twin can be changed says nothing about the identity.
                if let patch = item.twinUpdate, !isNew {
                    applied.events += try decide(.patchTwin(item.id, patch, item.twinPrecondition), context).events
                }
                if let report = item.firstReport, systemModules.contains(item.id) {
                    applied.events += try decide(.report(item.id, report, expecting: nil), context).events
                }
            } catch {
                applied.refused.append((position, BulkResult.ItemError(id: item.id, error: error)))
            }
        }
        // After the items, since one of them may bring the module of another. A device that has come with as many modules as one
        // may have is named for the one that found no room.
        promisedIdentities = 0
        var report = SecuringReport()
        applied.events += try securing(applied.events, context, &report)
        applied.refused += report.refused.map { (nil, $0) }
        return applied
    }

    private mutating func apply(_ item: RegistryItem, _ context: DecisionContext) throws(HubError) -> Decision {
        switch item.mode {
        case .create:
            return try putIdentity(item.id, item.draft, .none, seed: item.seed, context)
        case .update, .updateIfMatchETag:
            guard let existing = entity(item.id) else { throw .identityNotFound(item.id) }
            return try updateIdentity(existing, item.draft, item.precondition, context)
        case .createOrUpdate, .createOrUpdateIfMatchETag:
            guard let existing = entity(item.id) else {
                return try createIdentity(item.id, item.draft, seed: item.seed, context)
            }
            return try updateIdentity(existing, item.draft, item.precondition, context)
        case .delete, .deleteIfMatchETag:
            guard let existing = entity(item.id) else { throw .identityNotFound(item.id) }
            // Without an eTag even `deleteIfMatchETag` deletes, as recorded from the service.
            try check(item.precondition, existing.identity)
            return try delete(existing)
        case .updateTwin, .updateTwinIfMatchETag:
            guard let patch = item.patch else { return Decision(events: [], outcome: .done) }
            return try decide(.patchTwin(item.id, patch, item.precondition), context)
        }
    }

    /// One event for all lines, which must be new: a seed is applied to a folder that has none of them.
    mutating func seeding(
        _ items: [RegistryItem], isComplete: Bool, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        // Decided on a copy, since every line is checked against the ones before it and one bad line refuses them all.
        var trial = self
        var seeded: [SeededIdentity] = []
        var twins: [TwinID: TwinSeed?] = [:]
        for item in items where twins.updateValue(item.seed, forKey: item.id) != nil {
            throw HubError(.deviceDefinedMultipleTimes, "\(item.id) is defined multiple times.")
        }
        // `$edgeAgent` and `$edgeHub` come with their device; a line for one of them brings its twin.
        for item in items where !item.isSystemModule {
            guard trial.entity(item.id) == nil else { throw .alreadyExists(item.id) }
            for identity in try trial.newIdentities(item.id, item.draft, context) {
                let entry = SeededIdentity(identity: identity, seed: twins[identity.id] ?? nil)
                try trial.must(.identityCreated(entry.identity, seed: entry.seed), at: context.now)
                seeded.append(entry)
            }
        }
        for item in items where trial.entity(item.id) == nil { throw .identityNotFound(item.id) }
        // After the last line, since any of them may bring the module of another.
        if isComplete { seeded += try trial.securing(after: seeded, context) }
        let event = Event.seeded(seeded, isComplete: isComplete)
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .done)
    }
}

extension RegistryItem {
    /// What the item's mode checks before it writes.
    var precondition: Precondition {
        switch mode {
        case .updateIfMatchETag, .createOrUpdateIfMatchETag, .deleteIfMatchETag: identityPrecondition
        case .updateTwinIfMatchETag: twinPrecondition
        case .create, .update, .createOrUpdate, .delete, .updateTwin: .none
        }
    }
}
