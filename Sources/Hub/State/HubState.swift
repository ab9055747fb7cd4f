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
    var settings: DefenderSettings
    var groups: SecurityGroupRegistry
    var configurations: ConfigurationRegistry
    var jobs: JobBook
    var registryJobs: RegistryJobBook
    var routing: RoutingDeclaration?
    /// Identities that the command at hand has promised and not yet made.
    var promisedIdentities = 0
    /// Who is to be looked at, of what is published; for commands that concern everybody.
    let attention: Attention
    /// No message of any queue is due before this time, so that until then nobody has to look for one.
    private(set) var nextExpiry: Timestamp

    init(
        base: any EntityStore, limits: HubLimits, registry: RegistrySummary = RegistrySummary(),
        seed: SeedState = SeedState(), feedback: FeedbackQueue = FeedbackQueue(),
        authorities: AuthorityRegistry = AuthorityRegistry(), settings: DefenderSettings = DefenderSettings(),
        groups: SecurityGroupRegistry = SecurityGroupRegistry(),
        configurations: ConfigurationRegistry = ConfigurationRegistry(), jobs: JobBook = JobBook(),
        registryJobs: RegistryJobBook = RegistryJobBook(), routing: RoutingDeclaration? = nil,
        attention: Attention = Attention(), nextExpiry: Timestamp? = nil
    ) {
        self.base = base
        self.limits = limits
        self.registry = registry
        self.seed = seed
        self.feedback = feedback
        self.authorities = authorities
        self.settings = settings
        self.groups = groups
        self.configurations = configurations
        self.jobs = jobs
        self.registryJobs = registryJobs
        self.routing = routing
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
            settings: settings, groups: groups, configurations: configurations, jobs: jobs, registryJobs: registryJobs,
            routing: routing, attention: attention, nextExpiry: nextExpiry)
    }

    /// Every device, in no order.
    var deviceIDs: [TwinID] {
        var ids = isCleared ? [] : base.deviceIDs.filter { changed[$0] == nil }
        for (id, entity) in changed where !id.isModule && entity != nil { ids.append(id) }
        return ids
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
        groups = SecurityGroupRegistry()
        configurations.clear()
        jobs = JobBook()
        registryJobs = RegistryJobBook()
    }

    /// Everybody has been looked at whose messages might be due.
    mutating func haveLooked(at entities: [Entity]) {
        nextExpiry = entities.compactMap(\.messages.nextExpiry).min() ?? .latest
    }

    mutating func use(link: UInt64) { registry.newestLink = max(registry.newestLink, link) }

    mutating func use(generation: UInt64) { registry.newestGeneration = max(registry.newestGeneration, generation) }
}
