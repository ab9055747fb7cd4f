import Defender
import JSON
import Twins
import Vocabulary

// Security modules (defender.md section 1): one beside each device, made by rule or by command, and never touched where it is
// there already. It begins as one that is made by hand does: with generated keys and an empty twin.
extension HubState {
    /// The new settings. Where the rule asks for modules, every device has them in the same batch.
    mutating func putDefenderSettings(
        _ settings: DefenderSettings, _ precondition: Precondition, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        try self.settings.check(precondition)
        let modules = settings.rule.modules
        var report = SecuringReport()
        // On a copy: it is refused where there is too much to do at once, and must not have begun then.
        var trial = self
        var events: [Event] = [.defender(.settingsUpdated(settings))]
        try trial.must(events[0], at: context.now)
        if !modules.isEmpty {
            for device in deviceIDs {
                events += try trial.secure(device, modules, context, &report)
                guard report.created.count <= limits.modulesSecuredAtOnce else {
                    throw HubError(
                        .invalidOperation,
                        "More than \(limits.modulesSecuredAtOnce) modules are missing: secure the devices first.")
                }
            }
        }
        self = trial
        return Decision(events: events, outcome: .secured(report))
    }

    /// These devices get the modules that they lack.
    mutating func secure(
        _ devices: [TwinID], _ modules: [SecurityModule], _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard devices.count <= limits.devicesPerSecuring else {
            throw HubError(.argumentInvalid, "At most \(limits.devicesPerSecuring) devices are secured at once.")
        }
        var report = SecuringReport()
        var events: [Event] = []
        for device in devices { events += try secure(device, modules, context, &report) }
        return Decision(events: events, outcome: .secured(report))
    }

    /// What the standing rule asks for after these events: the modules of the devices that were created, unless they have come
    /// with them.
    mutating func securing(
        _ events: [Event], _ context: DecisionContext, _ report: inout SecuringReport
    ) throws(HubError) -> [Event] {
        var more: [Event] = []
        for case .identityCreated(let identity, _) in events where !identity.id.isModule {
            more += try secure(identity.id, settings.rule.modules, context, &report)
        }
        return more
    }

    /// As above for a seed that is complete with these: all of it, so that a reset brings the same modules back.
    mutating func securing(
        after last: [SeededIdentity], _ context: DecisionContext
    ) throws(HubError) -> [SeededIdentity] {
        let devices = (Array(seed.identities) + last).map(\.identity.id).filter { !$0.isModule }
        return try securing(devices, context).compactMap {
            guard case .identityCreated(let identity, let seed) = $0 else { return nil }
            return SeededIdentity(identity: identity, seed: seed)
        }
    }

    /// As above after a reset, for the devices of the seed: one that was seeded before there was a rule comes without its module.
    /// That is of the seed from now on, with the keys that it has had before, so that every reset brings the same identities.
    mutating func securingSeed(
        as before: HubState, _ context: DecisionContext
    ) throws(HubError) -> [Event] {
        var trial = self
        let made = try trial.securing(seed.identities.map(\.identity.id).filter { !$0.isModule }, context)
        let modules = made.compactMap { event -> SeededIdentity? in
            guard case .identityCreated(var identity, _) = event else { return nil }
            if let known = before.entity(identity.id) { identity.authentication = known.identity.authentication }
            return SeededIdentity(identity: identity, seed: nil)
        }
        var events: [Event] = []
        for start in stride(from: 0, to: modules.count, by: limits.devicesPerSecuring) {
            let piece = modules[start..<min(start + limits.devicesPerSecuring, modules.count)]
            events.append(.seeded(Array(piece), isComplete: seed.isComplete))
        }
        for event in events { try must(event, at: context.now) }
        return events
    }

    /// All of them or none, but for a device that has no room for another module: it stands without, as when the rule was made,
    /// and must not keep a hub from being reset.
    private mutating func securing(_ devices: [TwinID], _ context: DecisionContext) throws(HubError) -> [Event] {
        guard settings.rule != .none else { return [] }
        var report = SecuringReport()
        var events: [Event] = []
        // A device of an old seed may be gone.
        for device in devices where entity(device) != nil {
            events += try secure(device, settings.rule.modules, context, &report)
        }
        if let refused = report.refused.first(where: { $0.error.code != .tooManyModulesOnDevice }) {
            throw refused.error
        }
        return events
    }

    private mutating func secure(
        _ device: TwinID, _ modules: [SecurityModule], _ context: DecisionContext, _ report: inout SecuringReport
    ) throws(HubError) -> [Event] {
        var events: [Event] = []
        for module in modules {
            let id = TwinID(trusted: "\(device.key)/\(module.moduleID)")
            if entity(id) != nil {
                report.present += 1
                continue
            }
            do {
                for identity in try newIdentities(id, IdentityDraft(), context) {
                    let event = Event.identityCreated(identity, seed: nil)
                    try must(event, at: context.now)
                    events.append(event)
                }
                report.created.append(id)
            } catch {
                report.refused.append(BulkResult.ItemError(id: id, error: error))
            }
        }
        return events
    }

    // MARK: Desired values

    /// The patch of each device is made of the desired properties as they are at that moment, so that nothing that was written
    /// just before is taken back.
    mutating func configureAgents(
        _ devices: [TwinID], _ module: SecurityModule, _ changes: [ConfigurationChange], _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard devices.count <= limits.devicesPerConfiguration else {
            throw HubError(
                .argumentInvalid, "At most \(limits.devicesPerConfiguration) devices are configured at once.")
        }
        var events: [Event] = []
        var result = BulkResult()
        for device in devices {
            let id = TwinID(trusted: "\(device.key)/\(module.moduleID)")
            do {
                events += try configureAgent(id, module, changes, context).events
            } catch {
                result.errors.append(BulkResult.ItemError(id: id, error: error))
            }
        }
        return Decision(events: events, outcome: .bulk(result))
    }

    private mutating func configureAgent(
        _ id: TwinID, _ module: SecurityModule, _ changes: [ConfigurationChange], _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let entity = entity(id) else {
            guard self.entity(id.owner) != nil else { throw .deviceNotFound(id.owner) }
            throw .moduleNotFound(id)
        }
        let patch: JSONDocument
        do {
            let desired = try JSONDocument(parsing: Array(entity.twin.desired)).root
            patch = try JSONDocument(parsing: try CompleteConfiguration.patch(of: desired, changes, in: module))
        } catch let failure as ConfigurationChange.Failure {
            throw HubError(.argumentInvalid, failure.description)
        } catch {
            throw HubError(.serverError, "The desired properties cannot be read: \(error)")
        }
        return try decide(.patchTwin(id, try ServicePatch(tags: nil, desired: patch.root), .none), context)
    }

    /// With `--defender-strict`: refuses desired properties of a security module that an agent would refuse.
    func checkStrictly(_ twin: Twin, of id: TwinID) throws(HubError) {
        guard settings.isStrict, let module = id.module.flatMap(SecurityModule.init(moduleID:)),
            let desired = try? JSONDocument(parsing: Array(twin.desired)).root
        else { return }
        let errors = ConfigurationLint.check(desired, of: module).filter { $0.severity == .error }
        guard !errors.isEmpty else { return }
        let texts = errors.map { [$0.key, $0.text].compactMap { $0 }.joined(separator: ": ") }
        throw HubError(
            .argumentInvalid, "A security agent would refuse the configuration: \(texts.joined(separator: "; "))",
            envelope: .twin)
    }

    /// The keys that a security agent sets back to their defaults on being told of this change, although the twin goes on saying
    /// otherwise (defender.md section 2.3).
    static func keysReset(by change: TwinChange, of id: TwinID) -> [String] {
        guard let module = id.module.flatMap(SecurityModule.init(moduleID:)), module == .classic,
            let patch = change.desiredPatch, let told = try? JSONDocument(parsing: patch).root,
            let desired = try? JSONDocument(parsing: Array(change.twin.desired)).root
        else { return [] }
        return CompleteConfiguration.keysReset(by: told, leaving: desired, in: module)
    }
}
