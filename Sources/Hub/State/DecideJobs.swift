import Vocabulary

// Scheduled jobs (rest.md section 12). What the runner of jobs asks for may have been overtaken, by a reset or by the job's end:
// then there is nothing to do, and nothing is wrong.
extension HubState {
    mutating func decide(_ command: JobCommand, _ context: DecisionContext) throws(HubError) -> Decision {
        switch command {
        case .schedule(let draft): return try schedule(draft, context)
        case .cancel(let id): return try cancel(id, context)
        case .begin(let id, let devices): return try begin(id, devices, context)
        case .fail(let id, let reason):
            guard let job = jobs[id], case .waiting = job.phase else { return .nothing }
            return try take([.ended(id, .failed, reason: reason)], id, context)
        case .updateTwins(let id, let devices): return try updateTwins(id, devices, context)
        case .call(let id, let devices):
            guard let job = jobs[id], case .running = job.phase else { return .nothing }
            let claimed = devices.filter { job.devices[$0]?.status == .pending }
            guard !claimed.isEmpty else { return .nothing }
            var decision = try take([.called(id, claimed)], id, context)
            decision.outcome = .jobDevices(claimed)
            return decision
        case .refuse(let id, let devices, let error):
            guard let job = jobs[id], case .running = job.phase else { return .nothing }
            let pending = devices.filter { job.devices[$0]?.status == .pending }
            guard !pending.isEmpty else { return .nothing }
            return try end(id, pending.map { ($0, .failed(error)) }, context)
        case .answered(let id, let device, let result):
            guard jobs[id]?.devices[device]?.status == .running else { return .nothing }
            return try end(id, [(device, keepable(result))], context)
        case .expire(let id):
            guard let job = jobs[id], let deadline = job.deadline, context.now >= deadline else { return .nothing }
            let reason = "The job did not end within maxExecutionTimeInSeconds, \(job.seconds)."
            return try take([.ended(id, .failed, reason: reason)], id, context)
        case .abandonCalls: return try abandonCalls(context)
        case .forgetOld: return try forget(context)
        }
    }

    private mutating func schedule(_ draft: JobDraft, _ context: DecisionContext) throws(HubError) -> Decision {
        guard jobs[draft.id] == nil else { throw HubError(.jobAlreadyExists, "Job '\(draft.id)' already exists.") }
        guard jobs.active.count < limits.activeJobs else {
            throw HubError(
                .throttlingMaxActiveJobCountExceeded,
                "\(limits.activeJobs) jobs are active or scheduled, as many as there may be.")
        }
        var decision = try forget(makingRoomForJobs: 1, context)
        let scheduled = try take([.scheduled(ScheduledJob(draft, at: context.now))], draft.id, context)
        decision.events += scheduled.events
        decision.outcome = scheduled.outcome
        return decision
    }

    /// What has begun cannot be stopped, as measured on the real hub.
    private mutating func cancel(_ id: JobID, _ context: DecisionContext) throws(HubError) -> Decision {
        guard let job = jobs[id] else { throw .jobNotFound(id.description) }
        guard case .waiting = job.phase else {
            throw HubError(
                .operationNotAllowedInCurrentState,
                "Job '\(id)' is \(job.status.rawValue): only a queued or scheduled job can be cancelled.")
        }
        return try take([.ended(id, .cancelled, reason: nil)], id, context)
    }

    private mutating func begin(
        _ id: JobID, _ devices: [TwinID], _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let job = jobs[id], case .waiting = job.phase else { return .nothing }
        var decision = try forget(makingRoomForDevices: devices.count, context)
        guard jobs.devices + devices.count <= limits.jobDevices else {
            let reason = "The job is for \(devices.count) devices, and \(limits.jobDevices) are kept of all jobs."
            decision.events += try take([.ended(id, .failed, reason: reason)], id, context).events
            return decision
        }
        // They are one record of the log, which has to be read again.
        guard devices.reduce(0, { $0 + $1.key.utf8.count + 3 }) <= limits.jobBeginBytes else {
            let reason = "The ids of the job's \(devices.count) devices take more than \(limits.jobBeginBytes) bytes."
            decision.events += try take([.ended(id, .failed, reason: reason)], id, context).events
            return decision
        }
        decision.events += try take([.began(id, devices)], id, context).events
        if devices.isEmpty { decision.events += try take([.ended(id, .completed, reason: nil)], id, context).events }
        return decision
    }

    /// Each device by itself: one that is gone or whose twin would be too large is a row that failed.
    private mutating func updateTwins(
        _ id: JobID, _ devices: [TwinID], _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let job = jobs[id], case .running = job.phase, case .updateTwin(let patch) = job.work else {
            return .nothing
        }
        var events: [Event] = []
        var results: [(device: TwinID, result: DeviceJobResult)] = []
        for device in devices where job.devices[device]?.status == .pending {
            do throws(HubError) {
                events += try decide(.patchTwin(device, patch, .any), context).events
                results.append((device, .twinUpdated))
            } catch {
                results.append((device, .failed(error)))
            }
        }
        guard !results.isEmpty else { return .nothing }
        var decision = try end(id, results, context)
        decision.events = events + decision.events
        return decision
    }

    /// Calls that were under way when the process ended. The device may have done what it was told or not, so that nothing is
    /// right but to say so: a call made twice may do harm, where a lost answer does none.
    private mutating func abandonCalls(_ context: DecisionContext) throws(HubError) -> Decision {
        var decision = Decision.nothing
        for id in jobs.active.sorted() {
            guard let job = jobs[id], job.devices.count(.running) > 0 else { continue }
            let results = job.devices.rows.filter { $0.status == .running }.map { row in
                (
                    device: row.device,
                    result: DeviceJobResult.failed(
                        code: "ServiceUnavailable",
                        description:
                            "TwinHub ended while the call was under way: whether the device has done it is not known.")
                )
            }
            decision.events += try end(id, results, context).events
        }
        return decision
    }

    /// The last device's end is the job's.
    private mutating func end(
        _ id: JobID, _ results: [(device: TwinID, result: DeviceJobResult)], _ context: DecisionContext
    ) throws(HubError) -> Decision {
        var decision = try take([.devicesEnded(id, results)], id, context)
        if jobs[id]?.devices.unfinished == 0 {
            decision.events += try take([.ended(id, .completed, reason: nil)], id, context).events
        }
        return decision
    }

    /// An answer that there is no room for is a failure, and says so.
    private func keepable(_ result: DeviceJobResult) -> DeviceJobResult {
        guard jobs.payloadBytes + result.payloadBytes > limits.jobPayloadBytes,
            case .answered(let status, let payload) = result, !payload.isEmpty
        else { return result }
        return .failed(
            code: "IotHubQuotaExceeded",
            description:
                "The device answered \(status); its payload was not kept, since those of all jobs take \(limits.jobPayloadBytes) bytes."
        )
    }

    /// Ended jobs that are too old, and the oldest of them where there are too many.
    private mutating func forget(
        makingRoomForJobs more: Int = 0, makingRoomForDevices devices: Int = 0, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        let old = context.now.adding(seconds: -limits.jobRetentionSeconds)
        var (count, rows, bytes) = (jobs.count + more, jobs.devices + devices, jobs.payloadBytes)
        var forgotten: [JobID] = []
        for job in jobs.ended {
            let isTooMuch = count > limits.jobs || rows > limits.jobDevices || bytes > limits.jobPayloadBytes / 2
            guard job.time < old || isTooMuch else { break }
            forgotten.append(job.id)
            count -= 1
            rows -= job.devices
            bytes -= job.payloadBytes
        }
        guard !forgotten.isEmpty else { return .nothing }
        let event = Event.job(.forgotten(forgotten))
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .done)
    }

    private mutating func take(
        _ events: [JobEvent], _ id: JobID, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        for event in events { try must(.job(event), at: context.now) }
        return Decision(events: events.map { .job($0) }, outcome: jobs[id].map { .job($0) } ?? .done)
    }
}

extension Decision {
    static var nothing: Decision { Decision(events: [], outcome: .done) }
}

extension HubError {
    public static func jobNotFound(_ id: String) -> HubError { HubError(.jobNotFound, "Job '\(id)' does not exist.") }
}
