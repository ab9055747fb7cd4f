import Twins
import Vocabulary

extension HubState {
    /// Takes an event into the state. Pure: the same state and event always give the same state.
    ///
    /// Throws only where the event does not fit the state, which a sound log never shows.
    mutating func evolve(_ event: Event, at time: Timestamp) throws(EvolveError) {
        switch event {
        case .identityCreated(let identity, let seed):
            try create(identity, seed, at: time)
        case .identityUpdated(let identity):
            let entity = try existing(identity.id)
            put(entity.with(identity: identity))
        case .identityDeleted(let id, _, _):
            try delete(id)
        case .twinPatched(let id, let patch, let effect):
            try change(id, at: time) { (twin) throws(HubError) in
                try twin.patched(patch, at: time, by: effect.configuration)
            }
        case .twinReplaced(let id, let replacement, _):
            try change(id, at: time) { (twin) throws(HubError) in try twin.replaced(replacement, at: time) }
        case .twinReported(let id, let patch, _):
            try change(id, at: time) { (twin) throws(HubError) in try twin.reported(patch, at: time) }
        case .seeded(let identities, let isComplete):
            for seeded in identities { try create(seeded.identity, seeded.seed, at: time) }
            seed.add(identities, isComplete: isComplete)
        case .reset(let target, let etagBase):
            try reset(target, etagBase: etagBase, at: time)
        case .linkOpened(let id, let opening, let link):
            openLink(try existing(id), opening, link: link, at: time)
        case .linkClosed(let id, let link):
            closeLink(try existing(id), link: link, at: time)
        case .sessionUpdated(let id, let session):
            put(try existing(id).with(session: .some(session)))
        case .messageEnqueued(let id, let message):
            enqueue(message, for: try existing(id))
        case .messageSettled(let id, let sequence, let fate):
            settle(sequence, fate, of: try existing(id), at: time)
        case .messageAbandoned(let id, let sequence):
            abandon(sequence, of: try existing(id))
        case .feedbackCompleted(let sequences):
            feedback.remove(sequences)
        case .authority(let event):
            evolve(event)
        case .defender(let event):
            evolve(event)
        case .configuration(let event):
            try evolve(event)
        case .job(let event):
            try evolve(event, at: time)
        case .registryJob(let event):
            try evolve(event, at: time)
        case .routingUpdated(let declaration):
            routing = declaration
        }
    }

    /// As `evolve`, with the change that `decide` has already worked out.
    mutating func apply(
        _ change: TwinChange, to entity: Entity, configurations: [ConfigurationStanding]? = nil
    ) {
        var patches = entity.patches
        if let patch = change.desiredPatch {
            patches.append(version: change.twin.desiredVersion, json: patch, keeping: limits.patchesPerTwin)
        }
        put(entity.with(twin: change.twin, patches: patches, configurations: configurations))
    }

    func existing(_ id: TwinID) throws(EvolveError) -> Entity {
        guard let entity = entity(id) else { throw EvolveError(id: id, reason: "it does not exist") }
        return entity
    }

    private mutating func change(
        _ id: TwinID, at time: Timestamp, _ body: (Twin) throws(HubError) -> TwinChange
    ) throws(EvolveError) {
        let entity = try existing(id)
        do {
            apply(try body(entity.twin), to: entity)
        } catch {
            throw EvolveError(id: id, reason: error.description, refusal: error)
        }
    }

    private mutating func create(_ identity: Identity, _ seed: TwinSeed?, at time: Timestamp) throws(EvolveError) {
        let kind: Twin.Kind = identity.id.isModule ? .module : .device
        let twin: Twin
        do {
            twin =
                try seed.map { (seed) throws(HubError) in try Twin.seeded(seed, at: time, kind: kind) }
                ?? .fresh(at: time, kind: kind)
        } catch {
            throw EvolveError(id: identity.id, reason: error.description, refusal: error)
        }
        use(generation: identity.generation)
        put(Entity(identity: identity, twin: twin))
        if identity.id.isModule {
            let device = try existing(identity.id.owner)
            put(device.with(modules: device.modules + [identity.id]))
        }
    }

    private mutating func delete(_ id: TwinID) throws(EvolveError) {
        let entity = try existing(id)
        for module in entity.modules { remove(try existing(module)) }
        remove(entity)
        if id.isModule {
            let device = try existing(id.owner)
            put(device.with(modules: device.modules.filter { $0 != id }))
        }
    }

    private mutating func reset(_ target: ResetTarget, etagBase: UInt64, at time: Timestamp) throws(EvolveError) {
        clear()
        guard target == .seed else { return }
        var reborn: [Identity] = []
        var scopes: [String: String] = [:]
        for (index, seeded) in seed.identities.enumerated() {
            let generation = max(UInt64(time.ticks), registry.newestGeneration + 1)
            use(generation: generation)
            let identity = seeded.identity.reborn(generation: generation, etagCounter: etagBase + UInt64(index))
            if seeded.identity.iotEdge { scopes[seeded.identity.deviceScope ?? ""] = identity.deviceScope }
            reborn.append(identity)
        }
        for (var identity, seeded) in zip(reborn, seed.identities) {
            // A line that comes again was loaded when its device, with all that it had, was gone.
            if entity(identity.id) != nil { try delete(identity.id) }
            // A module may have been seeded on a device that is not of the seed.
            guard entity(identity.id.owner) != nil || !identity.id.isModule else { continue }
            // A child names its parent's scope, which names the parent's generation.
            if !identity.iotEdge { identity.deviceScope = identity.deviceScope.map { scopes[$0] ?? $0 } }
            identity.parentScopes = identity.parentScopes.map { scopes[$0] ?? $0 }
            try create(identity, seeded.seed, at: time)
        }
    }
}

/// An event that does not fit the state it is applied to: the log was changed by hand, or is another hub's.
public struct EvolveError: Error, CustomStringConvertible {
    /// The device, module or job.
    public let subject: String
    public let reason: String
    /// What the twin's own rules say against it, where it is they: a command that leads here is refused in these words.
    let refusal: HubError?

    init(id: TwinID, reason: String, refusal: HubError? = nil) {
        subject = id.key
        self.reason = reason
        self.refusal = refusal
    }

    init(job: JobID, reason: String) {
        subject = "job \(job)"
        self.reason = reason
        refusal = nil
    }

    init(registryJob job: RegistryJobID, reason: String) {
        subject = "job \(job)"
        self.reason = reason
        refusal = nil
    }

    public var description: String { "event for \(subject): \(reason)" }
}

extension Identity {
    /// The same identity created anew. An edge device's own scope names its generation, so it follows.
    func reborn(generation: UInt64, etagCounter: UInt64) -> Identity {
        var copy = Identity(
            id: id, generation: generation, etagCounter: etagCounter, authentication: authentication)
        copy.status = status
        copy.statusReason = statusReason
        copy.iotEdge = iotEdge
        copy.deviceScope = iotEdge ? Identity.edgeScope(id, generation: generation) : deviceScope
        copy.parentScopes = parentScopes
        copy.managedBy = managedBy
        copy.attributes = attributes
        return copy
    }

    static func edgeScope(_ id: TwinID, generation: UInt64) -> String {
        "ms-azure-iot-edge://\(id.device)-\(generation)"
    }
}
