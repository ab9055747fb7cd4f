import Vocabulary

/// Every scheduled job that is known, those that have ended included, until they are forgotten.
public struct JobBook: Sendable {
    private var jobs: [JobID: ScheduledJob] = [:]
    /// Of all jobs together.
    private(set) var devices = 0
    private(set) var payloadBytes = 0
    /// Jobs that have not ended.
    public private(set) var active: Set<JobID> = []

    public var isEmpty: Bool { jobs.isEmpty }
    public var count: Int { jobs.count }

    public subscript(_ id: JobID) -> ScheduledJob? { jobs[id] }

    /// In the order of their creation.
    public var all: [ScheduledJob] { jobs.values.sorted { ($0.created, $0.id) < ($1.created, $1.id) } }

    /// A job that has ended, and what is kept of it.
    struct Ended {
        let id: JobID
        let time: Timestamp
        let devices: Int
        let payloadBytes: Int
    }

    /// The one that ended first stands first.
    var ended: [Ended] {
        var found: [Ended] = []
        for (id, job) in jobs {
            guard let time = job.ended else { continue }
            found.append(
                Ended(id: id, time: time, devices: job.devices.count, payloadBytes: job.devices.payloadBytes))
        }
        return found.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
    }

    mutating func put(_ job: ScheduledJob) {
        count(jobs.updateValue(job, forKey: job.id), job)
    }

    mutating func remove(_ id: JobID) {
        guard let job = jobs.removeValue(forKey: id) else { return }
        count(job, nil)
        active.remove(id)
    }

    /// Changes a job where it stands, so that its rows are not copied; false where it is not known.
    mutating func update(_ id: JobID, _ change: (inout ScheduledJob) -> Void) -> Bool {
        guard var job = jobs.removeValue(forKey: id) else { return false }
        count(job, nil)
        change(&job)
        jobs[id] = job
        count(nil, job)
        return true
    }

    private mutating func count(_ before: ScheduledJob?, _ after: ScheduledJob?) {
        devices += (after?.devices.count ?? 0) - (before?.devices.count ?? 0)
        payloadBytes += (after?.devices.payloadBytes ?? 0) - (before?.devices.payloadBytes ?? 0)
        if let after {
            if after.status.isFinal { active.remove(after.id) } else { active.insert(after.id) }
        }
    }
}
