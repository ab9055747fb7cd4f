import Vocabulary

// What scheduled jobs make of the state.
extension HubState {
    mutating func evolve(_ event: JobEvent, at time: Timestamp) throws(EvolveError) {
        switch event {
        case .scheduled(let job):
            guard jobs[job.id] == nil else { throw EvolveError(job: job.id, reason: "it exists") }
            jobs.put(job)
        case .began(let id, let devices):
            try change(id, to: .running) {
                $0.phase = .running(since: time)
                $0.devices = DeviceJobTable(devices.map { DeviceJob(device: $0) })
            }
        case .called(let id, let devices):
            try change(id) { job in
                for device in devices { job.devices.advance(device, to: .running(since: time)) }
            }
        case .devicesEnded(let id, let results):
            try change(id) { job in
                for (device, result) in results {
                    var began = time
                    if case .running(let since)? = job.devices[device]?.phase { began = since }
                    job.devices.advance(device, to: .ended(result, began: began, at: time))
                }
            }
        case .ended(let id, let status, let reason):
            try change(id, to: status) {
                $0.devices.end(at: time, running: .failed(code: "GatewayTimeout", description: reason ?? ""))
                $0.phase = .ended(status, began: $0.began, at: time, reason: reason)
            }
        case .forgotten(let ids):
            for id in ids { jobs.remove(id) }
        }
    }

    private mutating func change(
        _ id: JobID, to next: JobStatus? = nil, _ body: (inout ScheduledJob) -> Void
    ) throws(EvolveError) {
        guard let status = jobs[id]?.status else { throw EvolveError(job: id, reason: "it does not exist") }
        if let next, !status.successors.contains(next) {
            throw EvolveError(job: id, reason: "it is \(status.rawValue) and cannot be \(next.rawValue)")
        }
        _ = jobs.update(id, body)
    }
}
