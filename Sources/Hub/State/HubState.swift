import Vocabulary

/// The hub's state as a value that changes by events only: what is published, with the changes of the batch at hand laid
/// over it. Letting go of a head state takes those changes back.
struct HubState {
    /// What stood before the changes; shared with readers and never written through here.
    let base: any EntityStore
    let limits: HubLimits
    /// The changed entities; nil where one was deleted.
    private(set) var changed: [TwinID: Entity?] = [:]
    /// Whether a reset has hidden everything in `base`.
    private(set) var isCleared = false
    private(set) var registry: RegistrySummary
    var seed: SeedState
    var feedback: FeedbackQueue
    var authorities: AuthorityRegistry
    /// Who is to be looked at, of what is published; for commands that concern everybody.
    let attention: Attention
    /// No message of any queue is due before this time, so that until then nobody has to look for one.
    private(set) var nextExpiry: Timestamp

    init(
        base: any EntityStore, limits: HubLimits, registry: RegistrySummary = RegistrySummary(),
        seed: SeedState = SeedState(), feedback: FeedbackQueue = FeedbackQueue(),
        authorities: AuthorityRegistry = AuthorityRegistry(), attention: Attention = Attention(),
        nextExpiry: Timestamp? = nil
    ) {
        self.base = base
        self.limits = limits
        self.registry = registry
        self.seed = seed
        self.feedback = feedback
        self.authorities = authorities
        self.attention = attention
        // Where messages wait that nobody has looked at yet, any may be due.
        self.nextExpiry = nextExpiry ?? (attention.queued.isEmpty ? .latest : .never)
    }

    func entity(_ id: TwinID) -> Entity? {
        if let change = changed[id] { return change }
        return isCleared ? nil : base.entity(id)
    }

    /// The next state's starting point once `base` has taken the changes in.
    func published() -> HubState {
        HubState(
            base: base, limits: limits, registry: registry, seed: seed, feedback: feedback, authorities: authorities,
            attention: attention, nextExpiry: nextExpiry)
    }

    mutating func put(_ entity: Entity) {
        if let due = entity.messages.nextExpiry { nextExpiry = min(nextExpiry, due) }
        let before = changed.updateValue(entity, forKey: entity.id) ?? (isCleared ? nil : base.entity(entity.id))
        registry.count(before: before?.identity, after: entity.identity)
    }

    mutating func remove(_ entity: Entity) {
        changed.updateValue(nil, forKey: entity.id)
        registry.count(before: entity.identity, after: nil)
    }

    mutating func clear() {
        changed.removeAll()
        isCleared = true
        registry.clear()
        feedback = FeedbackQueue()
        authorities = AuthorityRegistry()
    }

    /// Everybody has been looked at whose messages might be due.
    mutating func haveLooked(at entities: [Entity]) {
        nextExpiry = entities.compactMap(\.messages.nextExpiry).min() ?? .latest
    }

    mutating func use(link: UInt64) { registry.newestLink = max(registry.newestLink, link) }

    mutating func use(generation: UInt64) { registry.newestGeneration = max(registry.newestGeneration, generation) }
}

/// Where entities are looked up.
protocol EntityStore {
    func entity(_ id: TwinID) -> Entity?
}

/// Counts over the whole registry, kept by events so that nobody has to walk it (rest.md section 15).
public struct RegistrySummary: Hashable, Sendable {
    public var enabledDevices = 0
    public var disabledDevices = 0
    public var modules = 0
    /// The largest generation ever given, so that a re-creation in the same tick still gets its own.
    public var newestGeneration: UInt64 = 0
    /// Devices with a link.
    public var connectedDevices = 0
    /// The number of the latest link that was ever opened.
    public var newestLink: UInt64 = 0

    public init() {}

    public var devices: Int { enabledDevices + disabledDevices }
    public var identities: Int { devices + modules }

    mutating func count(before: Identity?, after: Identity?) {
        if let before { add(-1, for: before) }
        if let after { add(1, for: after) }
    }

    mutating func clear() {
        enabledDevices = 0
        disabledDevices = 0
        modules = 0
        connectedDevices = 0
    }

    private mutating func add(_ step: Int, for identity: Identity) {
        if identity.id.isModule {
            modules += step
            return
        }
        if identity.connectionState == .connected { connectedDevices += step }
        if identity.status == .enabled {
            enabledDevices += step
        } else {
            disabledDevices += step
        }
    }
}

/// What the hub was seeded with. Kept in the pieces in which it came: a large seed is many commands, and the state before
/// each of them is held on to until it is durable, so that one array would be copied as often.
struct SeedState: Sendable {
    private var pieces: [[SeededIdentity]] = []
    private(set) var count = 0
    /// Whether the whole of it has been taken in.
    private(set) var isComplete = false

    var identities: some Sequence<SeededIdentity> { pieces.joined() }

    mutating func add(_ added: [SeededIdentity], isComplete: Bool) {
        if !added.isEmpty { pieces.append(added) }
        count += added.count
        self.isComplete = isComplete
    }
}
