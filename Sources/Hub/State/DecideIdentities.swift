import Access
import Twins
import Vocabulary

// Identities: the If-Match matrix of rest.md section 3.1, keys of 5.1, scopes of 5.3, modules of 7.
extension HubState {
    mutating func putIdentity(
        _ id: TwinID, _ draft: IdentityDraft, _ precondition: Precondition, seed: TwinSeed?, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let existing = entity(id) else {
            guard precondition == .none else { throw .identityNotFound(id) }
            return try createIdentity(id, draft, seed: seed, context)
        }
        guard precondition != .none else { throw .alreadyExists(id) }
        return try updateIdentity(existing, draft, precondition, context)
    }

    mutating func createIdentity(
        _ id: TwinID, _ draft: IdentityDraft, seed: TwinSeed?, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        let identities = try newIdentities(id, draft, context)
        var events: [Event] = []
        for identity in identities {
            let event = Event.identityCreated(identity, seed: identity.id == id ? seed : nil)
            try must(event, at: context.now)
            events.append(event)
        }
        guard let created = entity(id) else { throw HubError(.serverError, "created, and gone") }
        return Decision(events: events, outcome: .entity(created))
    }

    /// The identity that a draft describes and, for an edge device, its two system modules after it. Checks everything
    /// that creation can be refused for.
    func newIdentities(_ id: TwinID, _ draft: IdentityDraft, _ context: DecisionContext) throws(HubError) -> [Identity]
    {
        let isEdge = !id.isModule && draft.iotEdge == true
        // A device comes with the modules of its kind, and with those that the standing rule gives it.
        let modules = id.isModule ? 0 : settings.rule.modules.count + (isEdge ? Self.edgeModules.count : 0)
        try checkRoom(forIdentities: 1 + modules)
        if let module = id.module {
            // `$edgeAgent` and its like are the hub's own (rest.md section 7).
            guard !module.hasPrefix("$") else { throw HubError(.argumentInvalid, "BadRequest") }
            guard let device = entity(id.owner) else { throw .deviceNotFound(id) }
            try checkRoom(forModules: 1, on: device)
        }
        let generation = max(UInt64(context.now.ticks), registry.newestGeneration + 1)
        var identity = Identity(
            id: id, generation: generation, etagCounter: context.newEtagCounter(),
            authentication: draft.authentication(context.environment))
        identity.status = draft.status
        identity.statusReason = draft.statusReason
        identity.managedBy = draft.managedBy
        identity.attributes = draft.attributes ?? .none
        guard !id.isModule else { return [identity] }
        identity.iotEdge = isEdge
        if isEdge {
            identity.deviceScope = Identity.edgeScope(id, generation: generation)
            identity.parentScopes = try parents(draft.parentScopes)
            let modules = Self.edgeModules.enumerated().map { index, name in
                var module = Identity(
                    id: TwinID(trusted: "\(id.key)/\(name)"), generation: generation + UInt64(index) + 1,
                    etagCounter: context.newEtagCounter(), authentication: .none)
                module.managedBy = "iotEdge"
                return module
            }
            return [identity] + modules
        }
        if let scope = draft.deviceScope, !scope.isEmpty {
            identity.parentScopes = try parents([scope])
            identity.deviceScope = scope
        }
        return [identity]
    }

    private static let edgeModules = ["$edgeAgent", "$edgeHub"]

    func checkRoom(forIdentities count: Int) throws(HubError) {
        guard registry.identities + promisedIdentities + count <= limits.identities else {
            throw HubError(
                .tooManyDevices,
                "The hub holds \(registry.identities) identities, and its limit is \(limits.identities).")
        }
    }

    func checkRoom(forModules count: Int, on device: Entity) throws(HubError) {
        guard device.modules.count + count <= limits.modulesPerDevice else {
            throw HubError(
                .tooManyModulesOnDevice,
                "Device \(device.id.device) has \(device.modules.count) modules, and its limit is \(limits.modulesPerDevice)."
            )
        }
    }

    /// Scopes must be those of edge devices that exist.
    private func parents(_ scopes: [String]) throws(HubError) -> [String] {
        for scope in scopes {
            guard scope.hasPrefix("ms-azure-iot-edge://"),
                let dash = scope.utf8.lastIndex(of: UInt8(ascii: "-")),
                let parent = entity(TwinID(trusted: String(scope[..<dash].dropFirst("ms-azure-iot-edge://".count)))),
                parent.identity.iotEdge, parent.identity.deviceScope == scope
            else {
                throw HubError(.invalidDeviceScope, "The scope '\(scope)' is not that of an edge device of this hub.")
            }
        }
        return scopes
    }

    mutating func updateIdentity(
        _ existing: Entity, _ draft: IdentityDraft, _ precondition: Precondition, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        try check(precondition, existing.identity)
        var identity = existing.identity
        identity.etagCounter += 1
        if !identity.id.isModule, identity.status != draft.status {
            identity.status = draft.status
            identity.statusUpdatedTime = context.now
        }
        identity.statusReason = draft.statusReason
        identity.managedBy = draft.managedBy
        identity.attributes = draft.attributes ?? identity.attributes
        // Also where the body has none: an update that leaves its keys out mints new ones (rest.md section 5.2).
        identity.authentication = draft.authentication(context.environment)
        if !identity.id.isModule { try rescope(&identity, draft) }
        var events = [Event.identityUpdated(identity)]
        if identity.iotEdge, !existing.identity.iotEdge {
            let missing = Self.edgeModules.map { TwinID(trusted: "\(identity.id.key)/\($0)") }.filter {
                entity($0) == nil
            }
            try checkRoom(forIdentities: missing.count)
            try checkRoom(forModules: missing.count, on: existing)
            for id in missing {
                let generation = max(UInt64(context.now.ticks), registry.newestGeneration) + UInt64(events.count)
                var module = Identity(
                    id: id, generation: generation,
                    etagCounter: context.newEtagCounter(), authentication: .none)
                module.managedBy = "iotEdge"
                events.append(.identityCreated(module, seed: nil))
            }
        }
        for event in events { try must(event, at: context.now) }
        return Decision(events: events, outcome: .entity(entity(identity.id) ?? existing))
    }

    /// Parent and child scopes on an update (rest.md section 5.3).
    private func rescope(_ identity: inout Identity, _ draft: IdentityDraft) throws(HubError) {
        let wasEdge = identity.iotEdge
        identity.iotEdge = draft.iotEdge ?? wasEdge
        switch (wasEdge, identity.iotEdge) {
        case (true, true):
            guard draft.deviceScope == identity.deviceScope else {
                throw HubError(.argumentInvalid, "Device scope is immutable")
            }
            identity.parentScopes = try parents(draft.parentScopes)
        case (false, true):
            guard draft.deviceScope ?? "" == "" else { throw HubError(.argumentInvalid, "Device scope is immutable") }
            identity.deviceScope = "ms-azure-iot-edge://\(identity.id.device)-"
            identity.parentScopes = try parents(draft.parentScopes)
        case (true, false):
            identity.deviceScope = nil
            identity.parentScopes = []
        case (false, false):
            guard let scope = draft.deviceScope else { return }
            identity.deviceScope = scope.isEmpty ? nil : scope
            identity.parentScopes = scope.isEmpty ? [] : try parents([scope])
        }
    }

    mutating func deleteIdentity(_ id: TwinID, _ precondition: Precondition) throws(HubError) -> Decision {
        guard let existing = entity(id) else { throw .identityNotFound(id) }
        guard precondition != .none else {
            throw HubError(.preconditionFailed, "Precondition failed: Etag missing")
        }
        try check(precondition, existing.identity)
        return try delete(existing)
    }

    mutating func delete(_ existing: Entity) throws(HubError) -> Decision {
        var events: [Event] = []
        for module in existing.modules {
            guard let entity = entity(module) else { continue }
            events.append(entity.deletion)
        }
        events.append(existing.deletion)
        for event in events { try must(event, at: .never) }
        return Decision(events: events, outcome: .done)
    }

    func check(_ precondition: Precondition, _ identity: Identity) throws(HubError) {
        guard case .matching(let values) = precondition, !values.contains(identity.etag) else { return }
        guard let asked = values.lazy.compactMap(ETag.decimalCounter).first else {
            throw HubError(.preconditionFailed, "Precondition failed: Invalid ETag")
        }
        throw HubError(
            .preconditionFailed,
            "Precondition failed: Device version did not match, existingVersion:\(identity.etagCounter) newVersion:\(asked)"
        )
    }
}

extension Entity {
    fileprivate var deletion: Event {
        .identityDeleted(id, generation: identity.generation, last: twin.eventBody(of: id))
    }
}

extension IdentityDraft {
    func authentication(_ environment: Environment) -> Authentication {
        switch credentials {
        case .given(let authentication): authentication
        case .generateKeys: .sas(primary: .generate(environment), secondary: .generate(environment))
        }
    }
}

extension HubError {
    /// 409; for a module in E2 (rest.md section 4.4).
    static func alreadyExists(_ id: TwinID) -> HubError {
        guard let module = id.module else {
            return HubError(.deviceAlreadyExists, "A device with ID '\(id.device)' is already registered.")
        }
        return HubError(
            .moduleAlreadyExistsOnDevice,
            "Device \(id.device) in IotHub \(HubName.name) already contains Module \(module).", envelope: .numeric)
    }
}

/// How this hub calls itself in texts that name the hub.
public enum HubName { public static let name = "twinhub" }
