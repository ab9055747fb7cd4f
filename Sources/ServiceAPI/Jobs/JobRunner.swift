import Dispatch
import Endpoints
import Hub
import Query
import Reactor
import Vocabulary

/// Runs the scheduled jobs, on one shard for all: asks each what it needs next, and does that by ordinary commands and direct
/// methods. Everything that must outlive the process is the hub's state, so that whoever begins anew goes on where another ended.
final class JobRunner {
    /// How long it may take until a job whose time has come is looked at, in milliseconds.
    static let lookMilliseconds = 1_000
    /// How long jobs wait where the hub refuses a command, as with a full disk.
    static let retryMilliseconds = 1_000
    /// How often old jobs are looked for.
    static let forgetMilliseconds = 3_600_000

    private unowned let services: ShardServices
    /// Jobs with a step under way that no other may overtake.
    private var busy: Set<JobID> = []
    /// Direct methods that are under way for a job.
    private var calls: [JobID: JobCalls] = [:]
    private var timer: ShardTimer?
    private var forgetTimer: ShardTimer?
    private var isEnded = false

    init(_ services: ShardServices) {
        self.services = services
        timer = ShardTimer { [unowned self] in look() }
        let forget = ShardTimer { [unowned self] in forgetOld() }
        forgetTimer = forget
        services.shard.schedule(forget, afterMilliseconds: Self.forgetMilliseconds)
    }

    /// Begins what can be begun.
    func look() {
        guard !isEnded else { return }
        let book = services.hub.jobs
        abandonCalls(book)
        for id in book.active.sorted() where !busy.contains(id) {
            guard let job = book[id] else { continue }
            run(job.nextStep(at: services.environment.now(), services.hub.limits), of: job)
        }
        guard let timer, !timer.isScheduled, !book.active.isEmpty else { return }
        services.shard.schedule(timer, afterMilliseconds: Self.lookMilliseconds)
    }

    /// The server stops.
    func end() {
        isEnded = true
        for timer in [timer, forgetTimer].compactMap({ $0 }) { services.shard.cancel(timer) }
    }

    private func run(_ step: JobStep, of job: ScheduledJob) {
        switch step {
        case .wait, .none: break
        case .choose: choose(for: job)
        case .updateTwins(let devices):
            guard let devices = admitted(devices, of: job) else { return }
            submit(.updateTwins(job.id, devices), of: job.id)
        case .call(let devices):
            guard case .callMethod(let invocation) = job.work, let devices = admitted(devices, of: job) else { return }
            submit(.call(job.id, devices), of: job.id) { [unowned self] outcome in
                guard case .jobDevices(let claimed) = outcome else { return }
                abandonCalls(services.hub.jobs)
                for device in claimed { call(device, invocation, for: job) }
            }
        case .expire: submit(.expire(job.id), of: job.id)
        }
    }

    /// Those of the devices whose turn it is by the limits of `--throttle`; nil where they have to wait for the next look, or where
    /// the day has no messages left for them, which then is what becomes of them.
    private func admitted(_ devices: [TwinID], of job: ScheduledJob) -> [TwinID]? {
        guard let throttle = services.throttle else { return devices }
        do throws(HubError) {
            let count = try throttle.admit(jobDevices: devices.count, bytes: job.work.messageBytes)
            return count > 0 ? Array(devices.prefix(count)) : nil
        } catch {
            submit(.refuse(job.id, devices, error), of: job.id)
            return nil
        }
    }

    /// One step of a job; then it is asked for the next.
    private func submit(_ command: JobCommand, of id: JobID, then: @escaping (Outcome) -> Void = { _ in }) {
        busy.insert(id)
        services.submit(.job(command), origin: origin(id)) { [unowned self] outcome in
            busy.remove(id)
            // Tried again with the next look.
            if case .refused = outcome { return }
            then(outcome)
            look()
        }
    }

    private func origin(_ id: JobID) -> Origin {
        Origin(principal: "job \(id)", requestID: services.requestID(), transport: "hub")
    }

    private func forgetOld() {
        let origin = Origin(principal: "hub", requestID: services.requestID(), transport: "hub")
        if !services.hub.jobs.isEmpty { services.submit(.job(.forgetOld), origin: origin) { _ in } }
        if let forgetTimer { services.shard.schedule(forgetTimer, afterMilliseconds: Self.forgetMilliseconds) }
    }

    // MARK: Devices

    /// Finds the devices that meet the condition, on a queue of its own.
    private func choose(for job: ScheduledJob) {
        let condition: TwinCondition
        do throws(QueryError) {
            condition = try TwinCondition(parsing: job.condition)
        } catch {
            return submit(.fail(job.id, reason: Self.reason(error)), of: job.id)
        }
        busy.insert(job.id)
        let back = services.returning { [unowned self] (devices: [TwinID]) in
            submit(.begin(job.id, devices), of: job.id)
        }
        services.hub.moment { moment in
            Self.queue.async {
                back(moment.deviceIDs(where: condition))
            }
        }
    }

    private static let queue = DispatchQueue(label: "twinhub.jobs", qos: .userInitiated)

    /// In the service's words, which count columns of the whole query, from 1 (query.md section 7).
    private static func reason(_ error: QueryError) -> String {
        let column = error.column + (error.line == 1 ? JobDraft.conditionPrefix.count + 1 : 0)
        return "SQL query parse failed due to following errors: \n\tLine \(error.line):\(column) \(error.reason)"
    }

    private struct JobCalls {
        /// Another job of the same name was created at another time.
        let created: Timestamp
        var underWay: [TwinID: MethodCall] = [:]
    }

    /// Those of jobs that have ended, or are gone: nobody waits for what comes of them, and no device is to be called for them
    /// that comes online later.
    private func abandonCalls(_ book: JobBook) {
        for (id, ofJob) in calls {
            if let job = book[id], job.created == ofJob.created, job.ended == nil { continue }
            let room = services.room(MethodCalls.self, make: MethodCalls.init)
            for call in ofJob.underWay.values { room.abandon(call) }
            calls[id] = nil
        }
    }

    private func call(_ device: TwinID, _ invocation: MethodInvocation, for job: ScheduledJob) {
        let id = job.id
        guard services.hub.entity(device) != nil else {
            return report(.failed(.deviceNotFound(device)), of: device, for: id)
        }
        do throws(HubError) {
            let call = try services.room(MethodCalls.self, make: MethodCalls.init).begin(invocation, for: device) {
                [unowned self] result in
                calls[id]?.underWay[device] = nil
                switch result {
                case .success(let answer):
                    report(.answered(status: answer.status, payload: answer.payload), of: device, for: id)
                case .failure(let error): report(.failed(error), of: device, for: id)
                }
            }
            calls[id, default: JobCalls(created: job.created)].underWay[device] = call
        } catch {
            report(.failed(error), of: device, for: id)
        }
    }

    /// What a device answered is told until the hub takes it: there is nobody to ask again.
    private func report(_ result: DeviceJobResult, of device: TwinID, for id: JobID) {
        services.submit(.job(.answered(id, device, result)), origin: origin(id)) { [unowned self] outcome in
            guard case .refused = outcome, !isEnded else { return look() }
            let retry = ShardTimer { [unowned self] in report(result, of: device, for: id) }
            services.shard.schedule(retry, afterMilliseconds: Self.retryMilliseconds)
        }
    }
}
