import JSON
import Journal
import Vocabulary

/// The whole state at one sequence, as captured between two batches.
struct Snapshot: Sendable {
    let sequence: UInt64
    let registry: RegistrySummary
    let seed: SeedState
    let feedback: FeedbackQueue
    let authorities: AuthorityRegistry
    let settings: DefenderSettings
    let groups: SecurityGroupRegistry
    let configurations: ConfigurationRegistry
    let jobs: JobBook
    let registryJobs: RegistryJobBook
    let routing: RoutingDeclaration?
    let connected: Set<TwinID>
    let queued: Set<TwinID>
    let entities: [EntityStripe]

    init(sequence: UInt64, state: HubState, entities: [EntityStripe]) {
        self.sequence = sequence
        registry = state.registry
        seed = state.seed
        feedback = state.feedback
        authorities = state.authorities
        settings = state.settings
        groups = state.groups
        configurations = state.configurations
        jobs = state.jobs
        registryJobs = state.registryJobs
        routing = state.routing
        connected = state.attention.connected
        queued = state.attention.queued
        self.entities = entities
    }

    /// Hands over the snapshot's lines: a header, the certificate authorities, the security groups, the configurations, the
    /// jobs of both kinds, the seed's identities, then the entities.
    func writeLines(
        _ write: (UnsafeRawBufferPointer) throws(LogFailure) -> Void
    ) throws(LogFailure) {
        var json = JSONWriter()
        func flush() throws(LogFailure) {
            let written = json.bytes.withUnsafeBytes { bytes in Result { () throws(LogFailure) in try write(bytes) } }
            json.removeAll()
            try written.get()
        }
        /// A line of one member.
        func line(_ key: StaticString, _ write: (inout JSONWriter) -> Void) throws(LogFailure) {
            json.beginObject()
            json.key(key)
            write(&json)
            json.endObject()
            try flush()
        }
        try line("hub") { writeHeader(to: &$0) }
        for authority in authorities.authorities { try line("authority") { authority.write(to: &$0) } }
        for group in groups.written { try line("group") { group.write(to: &$0) } }
        for configuration in configurations.active { try line("configuration") { configuration.write(to: &$0) } }
        for configuration in configurations.retired {
            try line("retiredConfiguration") { configuration.write(to: &$0) }
        }
        for job in jobs.all {
            try line("job") { job.write(to: &$0) }
            for page in job.devices.pages {
                try line("jobDevices") { json in
                    json.beginArray()
                    for row in page { row.write(to: &json) }
                    json.endArray()
                }
            }
        }
        for job in registryJobs.jobs { try line("registryJob") { job.write(to: &$0) } }
        for piece in seed.pieces {
            switch piece {
            case .identities(let identities):
                for seeded in identities { try line("seeded") { seeded.write(to: &$0) } }
            case .stored(let stored):
                for seeded in stored { try seeded.line.withBytes { (bytes) throws(LogFailure) in try write(bytes) } }
            }
        }
        for slot in entities.lazy.flatMap(\.slots) {
            switch slot {
            case .empty: continue
            case .stored(let stored): try stored.line.withBytes { (bytes) throws(LogFailure) in try write(bytes) }
            case .entity(let entity):
                EntityRecord.write(entity, to: &json)
                try flush()
            }
        }
    }

    private func writeHeader(to json: inout JSONWriter) {
        json.beginObject()
        for (key, value) in [
            ("sequence", Int(sequence)), ("enabledDevices", registry.enabledDevices),
            ("disabledDevices", registry.disabledDevices), ("modules", registry.modules),
            ("newestGeneration", Int(registry.newestGeneration)), ("connectedDevices", registry.connectedDevices),
            ("newestLink", Int(registry.newestLink)),
        ] {
            json.key(key)
            json.value(value)
        }
        json.key("seedIsComplete")
        json.value(seed.isComplete)
        json.key("defender")
        settings.write(to: &json)
        if !configurations.isUntouched {
            json.key("configurations")
            json.beginObject()
            json.key("newestNumber")
            json.value(configurations.newestNumber)
            json.key("revision")
            json.value(configurations.revision)
            json.key("settled")
            json.value(configurations.settled)
            json.endObject()
        }
        if let routing {
            json.key("routing")
            json.raw(routing.json)
        }
        json.key("feedback")
        feedback.write(to: &json)
        for (key, ids) in [("connected", connected), ("queued", queued)] {
            json.key(key)
            json.beginArray()
            for id in ids.sorted() { json.value(id.key) }
            json.endArray()
        }
        json.endObject()
    }
}
