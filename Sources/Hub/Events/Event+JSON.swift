import JSON
import Twins
import Vocabulary

extension RecordedEvent {
    /// The record's kind in the log, and the operation's name in the change feed.
    public enum Kind: String, Sendable, CaseIterable {
        case identityCreated = "identity.created"
        case identityUpdated = "identity.updated"
        case identityDeleted = "identity.deleted"
        case twinPatched = "twin.patched"
        case twinReplaced = "twin.replaced"
        case twinReported = "twin.reported"
        case seeded = "hub.seeded"
        case reset = "hub.reset"
        case linkOpened = "link.opened"
        case linkClosed = "link.closed"
        case sessionUpdated = "session.updated"
        case messageEnqueued = "message.enqueued"
        case messageSettled = "message.settled"
        case messageAbandoned = "message.abandoned"
        case feedbackCompleted = "feedback.completed"
        case authorityUpdated = "authority.updated"
        case authorityDeleted = "authority.deleted"
        case defenderSettingsUpdated = "defender.settingsUpdated"
        case securityGroupUpdated = "defender.groupUpdated"
        case securityGroupDeleted = "defender.groupDeleted"
        case configurationUpdated = "configuration.updated"
        case configurationDeleted = "configuration.deleted"
        case configurationsSettled = "configuration.settled"
        case twinTargeted = "twin.targeted"
        case jobScheduled = "job.scheduled"
        case jobBegan = "job.began"
        case jobCalled = "job.called"
        case jobDevicesEnded = "job.devicesEnded"
        case jobEnded = "job.ended"
        case jobsForgotten = "job.forgotten"
        case registryJobEnqueued = "registryJob.enqueued"
        case registryJobBegan = "registryJob.began"
        case registryJobImported = "registryJob.imported"
        case registryJobEnded = "registryJob.ended"
        case registryJobsForgotten = "registryJob.forgotten"
        case routingUpdated = "routing.updated"
    }

    public var kind: Kind {
        switch event {
        case .identityCreated: .identityCreated
        case .identityUpdated: .identityUpdated
        case .identityDeleted: .identityDeleted
        case .twinPatched: .twinPatched
        case .twinReplaced: .twinReplaced
        case .twinReported: .twinReported
        case .seeded: .seeded
        case .reset: .reset
        case .linkOpened: .linkOpened
        case .linkClosed: .linkClosed
        case .sessionUpdated: .sessionUpdated
        case .messageEnqueued: .messageEnqueued
        case .messageSettled: .messageSettled
        case .messageAbandoned: .messageAbandoned
        case .feedbackCompleted: .feedbackCompleted
        case .authority(let event): event.kind
        case .defender(let event): event.kind
        case .configuration(let event): event.kind
        case .job(let event): event.kind
        case .registryJob(let event): event.kind
        case .routingUpdated: .routingUpdated
        }
    }

    /// The device or module that it is about; nil for what concerns the whole hub.
    public var id: TwinID? {
        switch event {
        case .identityCreated(let identity, _), .identityUpdated(let identity): identity.id
        case .identityDeleted(let id, _, _), .twinPatched(let id, _, _), .twinReplaced(let id, _, _),
            .twinReported(let id, _, _), .linkOpened(let id, _, _), .linkClosed(let id, _), .sessionUpdated(let id, _),
            .messageEnqueued(let id, _), .messageSettled(let id, _, _), .messageAbandoned(let id, _):
            id
        case .configuration(let event): event.twin
        case .seeded, .reset, .feedbackCompleted, .authority, .defender, .job, .registryJob, .routingUpdated: nil
        }
    }

    /// Appends the record's `event` member: one JSON object without a line break.
    func writeBody(to json: inout JSONWriter) {
        json.beginObject()
        if let id {
            json.key("id")
            json.value(id.key)
        }
        switch event {
        case .identityCreated(let identity, let seed):
            json.key("identity")
            identity.writeJSON(to: &json, forRecord: true)
            if let seed {
                json.key("seed")
                json.raw(seed.json)
            }
        case .identityUpdated(let identity):
            json.key("identity")
            identity.writeJSON(to: &json, forRecord: true)
        case .identityDeleted(_, let generation, let last):
            json.key("generationId")
            json.value(String(generation))
            json.key("twin")
            json.raw(last)
        case .twinPatched(_, let patch, let effect):
            json.key("patch")
            json.raw(patch.json)
            effect.write(to: &json)
        case .twinReplaced(_, let replacement, let effect):
            json.key("document")
            json.raw(replacement.json)
            effect.write(to: &json)
        case .twinReported(_, let patch, let effect):
            json.key("reported")
            json.raw(patch.json)
            effect.write(to: &json)
        case .seeded(let identities, let isComplete):
            json.key("complete")
            json.value(isComplete)
            json.key("identities")
            json.beginArray()
            for seeded in identities {
                seeded.write(to: &json)
            }
            json.endArray()
        case .reset(let target, let etagBase):
            json.key("to")
            json.value(target.rawValue)
            json.key("etagBase")
            json.value(Int(etagBase))
        case .linkOpened, .linkClosed, .sessionUpdated, .messageEnqueued, .messageSettled, .messageAbandoned,
            .feedbackCompleted:
            event.writeDeviceTraffic(to: &json)
        case .authority(let event): event.write(to: &json)
        case .defender(let event): event.write(to: &json)
        case .configuration(let event): event.write(to: &json)
        case .job(let event): event.write(to: &json)
        case .registryJob(let event): event.write(to: &json)
        case .routingUpdated(let declaration):
            json.key("routing")
            if let declaration { json.raw(declaration.json) } else { json.null() }
        }
        if let origin {
            json.key("origin")
            origin.write(to: &json)
        }
        json.endObject()
    }

    /// Reads a record back.
    convenience init(sequence: UInt64, time: Timestamp, kind: String, body: JSONValue) throws(RecordError) {
        guard let kind = Kind(rawValue: kind) else { throw RecordError("kind") }
        func id() throws(RecordError) -> TwinID {
            guard let key = body["id"]?.string else { throw RecordError("id") }
            return TwinID(trusted: key)
        }
        func part(_ name: String) throws(RecordError) -> JSONValue {
            guard let value = body[name] else { throw RecordError(name) }
            return value
        }
        let event: Event
        do {
            switch kind {
            case .identityCreated:
                event = .identityCreated(
                    try Identity(record: try part("identity")), seed: try TwinSeed(record: body["seed"]))
            case .identityUpdated: event = .identityUpdated(try Identity(record: try part("identity")))
            case .identityDeleted:
                guard let generation = body["generationId"]?.string.flatMap(Identity.generation) else {
                    throw RecordError("generationId")
                }
                event = .identityDeleted(try id(), generation: generation, last: Array(try part("twin").raw))
            case .twinPatched:
                event = .twinPatched(try id(), try ServicePatch(body: try part("patch")), try TwinEffect(body))
            case .twinReplaced:
                event = .twinReplaced(
                    try id(), try ServiceReplacement(record: try part("document")), try TwinEffect(body))
            case .twinReported:
                event = .twinReported(try id(), try ReportedPatch(record: try part("reported")), try TwinEffect(body))
            case .seeded:
                var identities: [SeededIdentity] = []
                for entry in try part("identities").elements {
                    identities.append(try SeededIdentity(record: entry))
                }
                event = .seeded(identities, isComplete: try part("complete").bool ?? false)
            case .reset:
                guard let target = body["to"]?.string.flatMap(ResetTarget.init), let base = body["etagBase"]?.counter
                else {
                    throw RecordError("to")
                }
                event = .reset(target, etagBase: base)
            case .feedbackCompleted:
                event = .feedbackCompleted(
                    try part("records").elements.map { (entry) throws(RecordError) in
                        guard let sequence = entry.counter else { throw RecordError("records") }
                        return sequence
                    })
            case .authorityUpdated, .authorityDeleted:
                event = .authority(try AuthorityEvent(kind, body))
            case .defenderSettingsUpdated, .securityGroupUpdated, .securityGroupDeleted:
                event = .defender(try DefenderEvent(kind, body))
            case .configurationUpdated, .configurationDeleted, .configurationsSettled, .twinTargeted:
                event = .configuration(try ConfigurationEvent(kind, body))
            case .jobScheduled, .jobBegan, .jobCalled, .jobDevicesEnded, .jobEnded, .jobsForgotten:
                event = .job(try JobEvent(kind, body))
            case .registryJobEnqueued, .registryJobBegan, .registryJobImported, .registryJobEnded,
                .registryJobsForgotten:
                event = .registryJob(try RegistryJobEvent(kind, body))
            case .routingUpdated:
                let value = try part("routing")
                event = .routingUpdated(value.isNull ? nil : try RoutingDeclaration(record: value))
            case .linkOpened, .linkClosed, .sessionUpdated, .messageEnqueued, .messageSettled, .messageAbandoned:
                event = try Event(deviceTraffic: kind, try id(), body)
            }
        } catch let error as RecordError {
            throw error
        } catch {
            throw RecordError("event")
        }
        self.init(sequence: sequence, time: time, event: event, origin: body["origin"].flatMap(Origin.init))
    }
}

extension TwinEffect {
    func write(to json: inout JSONWriter) {
        json.key("version")
        json.value(version)
        if let desiredVersion {
            json.key("desiredVersion")
            json.value(desiredVersion)
        }
        json.key("reportedVersion")
        json.value(reportedVersion)
        if let twin {
            json.key("twin")
            json.raw(twin)
        }
        json.key("before")
        json.raw(before)
        json.key("after")
        json.raw(after)
        if !keysReset.isEmpty {
            json.key("keysReset")
            json.beginArray()
            for key in keysReset { json.value(key) }
            json.endArray()
        }
        if let configuration {
            json.key("configuration")
            json.beginObject()
            json.key("id")
            json.value(configuration.id)
            json.key("digest")
            json.value(configuration.digest)
            json.endObject()
        }
    }

    init(_ body: JSONValue) throws(RecordError) {
        guard let version = body["version"]?.counter, let reported = body["reportedVersion"]?.counter,
            let before = body["before"], let after = body["after"]
        else { throw RecordError("version") }
        let desired = body["desiredVersion"]?.counter
        guard (desired == nil) == (body["desiredVersion"] == nil) else { throw RecordError("desiredVersion") }
        var stamp: ConfigurationStamp?
        if let value = body["configuration"] {
            guard let id = value["id"]?.string, let digest = value["digest"]?.string else {
                throw RecordError("configuration")
            }
            stamp = ConfigurationStamp(id: id, digest: digest)
        }
        self.init(
            version: version, desiredVersion: desired, reportedVersion: reported,
            twin: body["twin"].map { Array($0.raw) }, before: Array(before.raw),
            after: Array(after.raw), keysReset: body["keysReset"]?.elements.compactMap(\.string) ?? [],
            configuration: stamp)
    }
}

extension Origin {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("principal")
        json.value(principal)
        json.key("requestId")
        json.openText()
        requestID.appendDashed(to: &json.bytes)
        json.closeText()
        json.endObject()
    }

    /// Nil where there is none to read; what the log does not keep reads as empty.
    init?(_ body: JSONValue) {
        guard let principal = body["principal"]?.string, let id = body["requestId"]?.string.flatMap(RequestID.init)
        else {
            return nil
        }
        self.init(principal: principal, requestID: id, transport: "")
    }
}

extension RecordedEvent.Kind {
    /// The raw value as a literal, which the log writes without making a `String`.
    var name: StaticString {
        switch self {
        case .identityCreated: "identity.created"
        case .identityUpdated: "identity.updated"
        case .identityDeleted: "identity.deleted"
        case .twinPatched: "twin.patched"
        case .twinReplaced: "twin.replaced"
        case .twinReported: "twin.reported"
        case .seeded: "hub.seeded"
        case .reset: "hub.reset"
        case .linkOpened: "link.opened"
        case .linkClosed: "link.closed"
        case .sessionUpdated: "session.updated"
        case .messageEnqueued: "message.enqueued"
        case .messageSettled: "message.settled"
        case .messageAbandoned: "message.abandoned"
        case .feedbackCompleted: "feedback.completed"
        case .authorityUpdated: "authority.updated"
        case .authorityDeleted: "authority.deleted"
        case .defenderSettingsUpdated: "defender.settingsUpdated"
        case .securityGroupUpdated: "defender.groupUpdated"
        case .securityGroupDeleted: "defender.groupDeleted"
        case .configurationUpdated: "configuration.updated"
        case .configurationDeleted: "configuration.deleted"
        case .configurationsSettled: "configuration.settled"
        case .twinTargeted: "twin.targeted"
        case .jobScheduled: "job.scheduled"
        case .jobBegan: "job.began"
        case .jobCalled: "job.called"
        case .jobDevicesEnded: "job.devicesEnded"
        case .jobEnded: "job.ended"
        case .jobsForgotten: "job.forgotten"
        case .registryJobEnqueued: "registryJob.enqueued"
        case .registryJobBegan: "registryJob.began"
        case .registryJobImported: "registryJob.imported"
        case .registryJobEnded: "registryJob.ended"
        case .registryJobsForgotten: "registryJob.forgotten"
        case .routingUpdated: "routing.updated"
        }
    }
}
