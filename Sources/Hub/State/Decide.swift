import Access
import Twins
import Vocabulary

/// What a command needs besides the state: the clock's reading and fresh randomness, taken once so that deciding stays a
/// function of its inputs.
struct DecisionContext {
    let now: Timestamp
    let environment: Environment

    /// A new identity's first ETag counter: 8 to 10 digits below 2^30, as the service's look (rest.md section 3.2).
    func newEtagCounter() -> UInt64 { 10_000_000 + environment.randomUInt64() % ((1 << 30) - 20_000_000) }
}

extension HubState {
    /// Turns a command into events, evolving this state by each as it goes, or refuses it and leaves the state as it was.
    mutating func decide(_ command: Command, _ context: DecisionContext) throws(HubError) -> Decision {
        switch command {
        case .putIdentity(let id, let draft, let precondition):
            var decision = try putIdentity(id, draft, precondition, seed: nil, context)
            var report = SecuringReport()
            decision.events += try securing(decision.events, context, &report)
            if case .entity = decision.outcome, let entity = entity(id) { decision.outcome = .entity(entity) }
            return decision
        case .deleteIdentity(let id, let precondition):
            return try deleteIdentity(id, precondition)
        case .bulk(let items):
            return try bulk(items, context)
        case .regenerateKeys(let ids, let which):
            return try regenerateKeys(ids, which, context)
        case .patchTwin(let id, let patch, let precondition):
            return try patchTwin(of: try twinHolder(id, precondition), with: patch, context)
        case .patchDigitalTwin(let id, let patch, let precondition):
            let entity = try twinHolder(id, precondition)
            return try patchTwin(of: entity, with: try patch.servicePatch(of: entity.twin), context)
        case .replaceTwin(let id, let replacement, let precondition):
            let entity = try twinHolder(id, precondition)
            let change = try entity.twin.replaced(replacement, at: context.now)
            try checkStrictly(change.twin, of: id)
            return take(change, of: entity, showingTwin: true) { .twinReplaced(id, replacement, $0) }
        case .report(let id, let patch, let expected):
            let entity = try twinHolder(id, .none)
            guard expected == nil || expected == entity.twin.reportedVersion else {
                throw HubError(.preconditionFailed, "Precondition failed: reported version did not match.")
            }
            let change = try entity.twin.reported(patch, at: context.now)
            return take(change, of: entity) { .twinReported(id, patch, $0) }
        case .seed(let items, let isComplete):
            return try seeding(items, isComplete: isComplete, context)
        case .reset(let target):
            let event = Event.reset(target, etagBase: context.newEtagCounter())
            // On a copy, since it begins by clearing: a reset that is refused must not have done even that.
            var trial = self
            try trial.must(event, at: context.now)
            let modules = target == .seed ? try trial.securingSeed(as: self, context) : []
            self = trial
            return Decision(events: [event] + modules, outcome: .done)
        case .openLink(let id, let opening): return try openLink(id, opening, context)
        case .closeLink(let id, let link): return try closeLink(id, link, context)
        case .closeStaleLinks: return try closeStaleLinks(context)
        case .recordActivity(let id, let link): return recordActivity(id, link, context)
        case .updateSession(let id, let link, let session): return try updateSession(id, link, session, context)
        case .enqueueMessage(let id, let draft): return try enqueue(id, draft, context)
        case .lockMessage(let id, let seconds): return try lockMessage(id, seconds, context)
        case .settleMessage(let id, let key, let settlement): return try settle(id, key, settlement, context)
        case .purgeMessages(let id): return try purge(id, context)
        case .expireMessages: return try expireMessages(context)
        case .lockFeedback(let seconds): return lockFeedback(seconds, context)
        case .settleFeedback(let lock, let isDone): return try settleFeedback(lock, isDone: isDone, context)
        case .putAuthority(let name, let certificate, let isVerified, let precondition):
            return try putAuthority(name, certificate, isVerified: isVerified, precondition, context)
        case .deleteAuthority(let name, let precondition): return try deleteAuthority(name, precondition, context)
        case .challengeAuthority(let name, let precondition):
            return try challengeAuthority(name, precondition, context)
        case .verifyAuthority(let name, let proof, let precondition):
            return try verifyAuthority(name, proof: proof, precondition, context)
        case .putDefenderSettings(let settings, let precondition):
            return try putDefenderSettings(settings, precondition, context)
        case .putSecurityGroup(let name, let group, let precondition):
            return try putSecurityGroup(name, group, precondition, context)
        case .deleteSecurityGroup(let name, let precondition):
            return try deleteSecurityGroup(name, precondition, context)
        case .putRouting(let declaration):
            guard declaration != routing else { return Decision(events: [], outcome: .done) }
            let event = Event.routingUpdated(declaration)
            try must(event, at: context.now)
            return Decision(events: [event], outcome: .done)
        case .secure(let devices, let modules): return try secure(devices, modules, context)
        case .configureAgents(let devices, let module, let changes):
            return try configureAgents(devices, module, changes, context)
        case .putConfiguration(let id, let draft, let precondition):
            return try putConfiguration(id, draft, precondition, context)
        case .deleteConfiguration(let id, let precondition):
            return try deleteConfiguration(id, precondition, context)
        case .applyContent(let device, let content): return try applyContent(content, to: device, context)
        case .settleConfigurations(let ids, let revision):
            return try settleConfigurations(ids, through: revision, context)
        case .job(let command): return try decide(command, context)
        case .registryJob(let command): return try decide(command, context)
        }
    }

    /// The entity whose twin is asked for. A module that does not exist is answered like a missing device (rest.md
    /// section 4.4), and a stale ETag names the device.
    private func twinHolder(_ id: TwinID, _ precondition: Precondition) throws(HubError) -> Entity {
        guard let entity = entity(id) else { throw .deviceNotFound(id, envelope: .twin) }
        guard precondition.allows(entity.twin.etag) else {
            throw HubError(.preconditionFailed, "ETag mismatch for device ID '\(id.device)'", envelope: .twin)
        }
        return entity
    }

    private mutating func patchTwin(
        of entity: Entity, with patch: ServicePatch, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        let change = try entity.twin.patched(patch, at: context.now)
        try checkStrictly(change.twin, of: entity.id)
        return take(change, of: entity) { .twinPatched(entity.id, patch, $0) }
    }

    private mutating func take(
        _ change: TwinChange, of entity: Entity, showingTwin: Bool = false, _ event: (TwinEffect) -> Event
    ) -> Decision {
        if change.isUnchanged { return Decision(events: [], outcome: .entity(entity)) }
        apply(change, to: entity)
        let effect = TwinEffect(
            change, twin: showingTwin ? change.twin.eventBody(of: entity.id) : nil,
            keysReset: Self.keysReset(by: change, of: entity.id))
        // What was just put is there.
        return Decision(events: [event(effect)], outcome: .entity(self.entity(entity.id) ?? entity))
    }

    /// Evolves by an event that this state has itself decided.
    mutating func must(_ event: Event, at time: Timestamp) throws(HubError) {
        do {
            try evolve(event, at: time)
        } catch {
            throw error.refusal ?? HubError(.serverError, error.description)
        }
    }
}

/// What came of a command: what happened, and what its caller is told once that is durable.
struct Decision {
    var events: [Event]
    var outcome: Outcome
}

extension HubError {
    /// 404 in E1 with the bare device id as its text (rest.md section 4.4).
    public static func deviceNotFound(_ id: TwinID, envelope: Envelope = .registry) -> HubError {
        HubError(.deviceNotFound, id.device, envelope: envelope)
    }

    /// 404 for a module's identity (rest.md section 4.4).
    public static func moduleNotFound(_ id: TwinID) -> HubError {
        HubError(.moduleNotFound, "Module \(id.module ?? "") not found on device \(id.device)")
    }

    static func identityNotFound(_ id: TwinID) -> HubError { id.isModule ? moduleNotFound(id) : deviceNotFound(id) }
}
