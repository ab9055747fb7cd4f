import Vocabulary

// What imports and exports make of the state, besides what an import's lines do.
extension HubState {
    mutating func evolve(_ event: RegistryJobEvent, at time: Timestamp) throws(EvolveError) {
        switch event {
        case .enqueued(let job):
            guard registryJobs[job.id] == nil else { throw EvolveError(registryJob: job.id, reason: "it exists") }
            registryJobs.append(job)
        case .began(let id):
            try change(id, to: .running) { $0.phase = .running(since: time) }
        case .imported(let id, let lines, let errors):
            let kept = limits.importErrors
            try change(id) { job in
                job.lines = lines
                let room = max(0, kept - job.errors.count)
                job.errors += errors.prefix(room)
                job.moreErrors += max(0, errors.count - room)
            }
        case .ended(let id, let status, let reason):
            try change(id, to: status) { job in
                job.phase = .ended(status, at: time, reason: reason)
                job.errors = []
            }
        case .forgotten(let ids): registryJobs.remove(ids)
        }
    }

    private mutating func change(
        _ id: RegistryJobID, to next: JobStatus? = nil, _ body: (inout RegistryJob) -> Void
    ) throws(EvolveError) {
        guard let status = registryJobs[id]?.status else {
            throw EvolveError(registryJob: id, reason: "it does not exist")
        }
        if let next, !status.successors.contains(next) {
            throw EvolveError(
                registryJob: id, reason: "it is \(status.rawValue) and cannot be \(next.rawValue)")
        }
        _ = registryJobs.update(id, body)
    }
}
