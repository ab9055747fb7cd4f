import JSON
import Journal
import Vocabulary

/// The whole state at one sequence, as captured between two batches.
struct Snapshot: Sendable {
    let sequence: UInt64
    let registry: RegistrySummary
    let seed: SeedState
    let entities: [Stripe.Slot]

    init(sequence: UInt64, state: HubState, entities: [Stripe.Slot]) {
        self.sequence = sequence
        registry = state.registry
        seed = state.seed
        self.entities = entities
    }

    /// Hands over the snapshot's lines: a header, the seed's identities, then the entities.
    func writeLines(
        _ write: (UnsafeRawBufferPointer) throws(LogFailure) -> Void
    ) throws(LogFailure) {
        var json = JSONWriter()
        func flush() throws(LogFailure) {
            defer { json.removeAll() }
            try json.bytes.withUnsafeBytes { (bytes) throws(LogFailure) in try write(bytes) }
        }
        writeHeader(to: &json)
        try flush()
        for seeded in seed.identities {
            json.beginObject()
            json.key("seeded")
            json.beginObject()
            json.key("identity")
            seeded.identity.writeJSON(to: &json, forRecord: true)
            json.key("seed")
            json.raw(seeded.seed.json)
            json.endObject()
            json.endObject()
            try flush()
        }
        for slot in entities {
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
        json.key("hub")
        json.beginObject()
        for (key, value) in [
            ("sequence", Int(sequence)), ("enabledDevices", registry.enabledDevices),
            ("disabledDevices", registry.disabledDevices), ("modules", registry.modules),
            ("newestGeneration", Int(registry.newestGeneration)),
        ] {
            json.key(key)
            json.value(value)
        }
        json.key("seedIsComplete")
        json.value(seed.isComplete)
        json.endObject()
        json.endObject()
    }
}
