import Vocabulary

// Imports and exports (rest.md section 13). What their runner asks for may have been overtaken, by a reset or a cancellation: then
// there is nothing to do, and nothing is wrong.
extension HubState {
    mutating func decide(_ command: RegistryJobCommand, _ context: DecisionContext) throws(HubError) -> Decision {
        switch command {
        case .enqueue(let id, let draft):
            guard registryJobs.active == nil else {
                throw HubError(.jobQuotaExceeded, "Job quota has been exceeded: an import or export is under way.")
            }
            let job = RegistryJob(id: id, draft: draft, created: context.now)
            return try take(forgetOldRegistryJobs(context) + [.enqueued(job)], id, context)
        case .cancel(let id):
            guard let job = registryJobs[id] else { throw .jobNotFound(id.description) }
            guard !job.status.isFinal else {
                throw HubError(.operationNotAllowedInCurrentState, "Job '\(id)' is \(job.status.rawValue).")
            }
            return try take([.ended(id, .cancelled, reason: nil)], id, context)
        case .begin(let id):
            guard let job = registryJobs[id], case .enqueued = job.phase else { return .nothing }
            return try take([.began(id)], id, context)
        case .take(let id, let lines, let after): return try importLines(lines, after: after, id, context)
        case .takeConfigurations(let id, let lines, let after):
            return try importConfigurations(lines, after: after, id, context)
        case .end(let id, let failure):
            guard let job = registryJobs[id], !job.status.isFinal else { return .nothing }
            return try take([.ended(id, failure == nil ? .completed : .failed, reason: failure)], id, context)
        }
    }

    /// Whoever asks with lines that have been taken in already, as after a restart, is told where the import stands.
    private mutating func importLines(
        _ lines: [ImportLine], after: Int, _ id: RegistryJobID, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let job = registryJobs[id], case .running = job.phase, let last = lines.last else { return .nothing }
        guard job.lines.devices == after else { return Decision(events: [], outcome: .registryJob(job)) }
        var errors: [(line: Int, error: ImportError)] = []
        var items: [(line: Int, item: RegistryItem)] = []
        for line in lines {
            do throws(HubError) {
                items.append((line.number, try line.item.get()))
            } catch {
                errors.append((line.number, ImportError(unreadable: line.number, about: line.id, error)))
            }
        }
        let applied = try applyEach(items.map(\.item), context)
        for refused in applied.refused {
            let line = refused.position.map { items[$0].line } ?? last.number
            errors.append((line, ImportError(refused.error.id, refused.error.error)))
        }
        errors.sort { $0.line < $1.line }
        let progress = RegistryJob.Progress(devices: last.number, configurations: job.lines.configurations)
        var decision = try take([.imported(id, progress, errors.map(\.error))], id, context)
        decision.events = applied.events + decision.events
        return decision
    }

    /// As above.
    private mutating func importConfigurations(
        _ lines: [ConfigurationLine], after: Int, _ id: RegistryJobID, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let job = registryJobs[id], case .running = job.phase, let last = lines.last else { return .nothing }
        guard job.lines.configurations == after else { return Decision(events: [], outcome: .registryJob(job)) }
        var errors: [ImportError] = []
        var events: [Event] = []
        for line in lines {
            switch line.content {
            case .failure(let error):
                errors.append(ImportError(configuration: line.id, error, unreadable: line.number))
            case .success(let content):
                do throws(HubError) {
                    events += try putConfiguration(content.id, content.draft, content.precondition, context).events
                } catch {
                    errors.append(ImportError(configuration: line.id, error))
                }
            }
        }
        let progress = RegistryJob.Progress(devices: job.lines.devices, configurations: last.number)
        var decision = try take([.imported(id, progress, errors)], id, context)
        decision.events = events + decision.events
        return decision
    }

    /// The oldest of those that have ended make room, and go when they are too old.
    private func forgetOldRegistryJobs(_ context: DecisionContext) -> [RegistryJobEvent] {
        let old = context.now.adding(seconds: -limits.jobRetentionSeconds)
        let surplus = registryJobs.jobs.count + 1 - limits.registryJobs
        let forgotten = registryJobs.jobs.enumerated().filter { $0 < surplus || $1.ended.map { $0 < old } ?? false }
        return forgotten.isEmpty ? [] : [.forgotten(forgotten.map(\.element.id))]
    }

    private mutating func take(
        _ events: [RegistryJobEvent], _ id: RegistryJobID, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        for event in events { try must(.registryJob(event), at: context.now) }
        return Decision(
            events: events.map { .registryJob($0) }, outcome: registryJobs[id].map { .registryJob($0) } ?? .done)
    }
}
