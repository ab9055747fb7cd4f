import JSON
import Journal
import Testing
import Vocabulary

@testable import Hub

/// Scheduled jobs as hub state (rest.md section 12): every step is an event, so that a restart goes on behind it.
struct JobTests {
    static func draft(_ id: String, _ work: String, more: String = "", at now: Timestamp) throws -> JobDraft {
        try JobDraft(
            JobID(id), JSONDocument(parsing: #"{\#(work),"queryCondition":"*"\#(more)}"#).root, at: now)
    }

    private static func updating(_ twin: String) -> String {
        #""type":"scheduleUpdateTwin","updateTwin":{"etag":"*",\#(twin)}"#
    }

    static let update = updating(#""tags":{"t":1},"properties":{"desired":{"x":2}}"#)
    static let call = #""type":"scheduleDeviceMethod","cloudToDeviceMethod":{"methodName":"m"}"#

    private static func schedule(
        _ it: HubOnALog, _ work: String = update, id: String = "j", more: String = ""
    ) throws -> ScheduledJob {
        switch it.execute(.job(.schedule(try draft(id, work, more: more, at: it.clock.now)))) {
        case .job(let job): return job
        case .refused(let error): throw error
        default: throw HubOnALog.Unexpected()
        }
    }

    private static func job(_ it: HubOnALog, _ id: String = "j") throws -> ScheduledJob {
        try #require(it.hub.jobs[JobID(id)])
    }

    /// Does what the job needs next, as its runner would; a called device answers at once. False where it needs nothing.
    private static func step(_ it: HubOnALog, _ id: String = "j", devices: [TwinID], limits: HubLimits) throws -> Bool {
        let job = try job(it, id)
        switch job.nextStep(at: it.clock.now, limits) {
        case .none, .wait: return false
        case .choose: it.execute(.job(.begin(job.id, devices)))
        case .updateTwins(let some): it.execute(.job(.updateTwins(job.id, some)))
        case .call(let some):
            guard case .jobDevices(let claimed) = it.execute(.job(.call(job.id, some))) else { return false }
            for device in claimed {
                it.execute(.job(.answered(job.id, device, .answered(status: 200, payload: Array("{}".utf8)))))
            }
        case .expire: it.execute(.job(.expire(job.id)))
        }
        return true
    }

    /// Something of every kind of event, for tests of the log.
    static func liveThroughEverything(_ it: HubOnALog, _ device: TwinID) throws {
        let gone = TwinID(trusted: "gone")
        var limits = HubLimits()
        limits.callsPerJob = 1
        _ = try schedule(it, id: "twins")
        while try step(it, "twins", devices: [device, gone], limits: limits) {}
        _ = try schedule(it, call, id: "calls")
        while try step(it, "calls", devices: [device, gone], limits: limits) {}
        _ = try schedule(it, id: "fails")
        it.execute(.job(.fail(JobID(trusted: "fails"), reason: "no query")))
        it.clock.advance(seconds: HubLimits().jobRetentionSeconds + 1)
        it.execute(.job(.forgetOld))
        #expect(it.hub.jobs.isEmpty)
    }

    // MARK: States

    @Test func `A job is queued, or scheduled where its time is ahead, runs, and ends with its last device`() throws {
        let it = try HubOnALog()
        let devices = [it.make("a"), it.make("b")]
        #expect(try Self.schedule(it).status == .queued)
        let later = it.clock.now.adding(seconds: 60)
        #expect(try Self.schedule(it, id: "later", more: #","startTime":"\#(later)""#).status == .scheduled)

        it.execute(.job(.begin(JobID(trusted: "j"), devices)))
        #expect(try Self.job(it).status == .running)
        #expect(try Self.job(it).devices.count(.pending) == 2)
        it.execute(.job(.updateTwins(JobID(trusted: "j"), [devices[0]])))
        #expect(try Self.job(it).status == .running)
        it.clock.advance(seconds: 1)
        it.execute(.job(.updateTwins(JobID(trusted: "j"), [devices[1]])))
        #expect(try Self.job(it).status == .completed && Self.job(it).ended == it.clock.now)
        #expect(try Self.job(it).devices.count(.completed) == 2)
        for device in devices { #expect(try it.entity(device).twin.version == 3) }

        guard case .wait(let until) = try Self.job(it, "later").nextStep(at: it.clock.now, it.limits) else {
            throw HubOnALog.Unexpected()
        }
        #expect(until == later)
        it.clock.advance(seconds: 60)
        guard case .choose = try Self.job(it, "later").nextStep(at: it.clock.now, it.limits) else {
            throw HubOnALog.Unexpected()
        }
    }

    @Test func `A job for no device is completed at once`() throws {
        let it = try HubOnALog()
        _ = try Self.schedule(it)
        it.execute(.job(.begin(JobID(trusted: "j"), [])))
        #expect(try Self.job(it).status == .completed)
    }

    @Test func `Only what has not begun can be cancelled`() throws {
        let it = try HubOnALog()
        let device = it.make("a")
        #expect(it.refusal(of: .job(.cancel(JobID(trusted: "j"))))?.code == .jobNotFound)
        _ = try Self.schedule(it)
        it.execute(.job(.cancel(JobID(trusted: "j"))))
        #expect(try Self.job(it).status == .cancelled)
        #expect(it.refusal(of: .job(.cancel(JobID(trusted: "j"))))?.code == .operationNotAllowedInCurrentState)
        // Whoever had found its devices by then comes too late.
        let before = it.hub.lastSequence
        it.execute(.job(.begin(JobID(trusted: "j"), [device])))
        it.execute(.job(.updateTwins(JobID(trusted: "j"), [device])))
        #expect(it.hub.lastSequence == before)

        _ = try Self.schedule(it, id: "k")
        it.execute(.job(.begin(JobID(trusted: "k"), [device])))
        #expect(it.refusal(of: .job(.cancel(JobID(trusted: "k"))))?.code == .operationNotAllowedInCurrentState)
    }

    @Test func `An id is taken as long as its job is known, and so many jobs are active at once`() throws {
        var limits = HubLimits()
        limits.activeJobs = 2
        let it = try HubOnALog(limits)
        _ = try Self.schedule(it)
        _ = try Self.schedule(it, id: "k")
        let third = Command.job(.schedule(try Self.draft("l", Self.update, at: it.clock.now)))
        #expect(it.refusal(of: third)?.code == .throttlingMaxActiveJobCountExceeded)
        it.execute(.job(.begin(JobID(trusted: "j"), [])))
        #expect(it.refusal(of: third) == nil)
        let same = Command.job(.schedule(try Self.draft("j", Self.update, at: it.clock.now)))
        #expect(it.refusal(of: same)?.code == .jobAlreadyExists)
    }

    @Test func `A device that is gone, or whose twin has no room, fails by itself`() throws {
        let it = try HubOnALog()
        let (good, full) = (it.make("a"), it.make("b"))
        let long = String(repeating: "x", count: 4000)
        let filler = #"{"tags":{"f":"\#(long)","g":"\#(long)"}}"#
        #expect(it.refusal(of: .patchTwin(full, try .init(body: JSONDocument(parsing: filler)), .none)) == nil)
        _ = try Self.schedule(it, Self.updating(#""tags":{"t":"\#(long.prefix(400))"}"#))
        let devices = [good, full, TwinID(trusted: "gone")]
        while try Self.step(it, devices: devices, limits: it.limits) {}
        let job = try Self.job(it)
        #expect(job.status == .completed)
        #expect(devices.map { job.devices[$0]?.status } == [.completed, .failed, .failed])
        guard case .ended(.failed(let code, _), _, _)? = job.devices[devices[2]]?.phase else {
            throw HubOnALog.Unexpected()
        }
        #expect(code == "DeviceNotFound")
    }

    @Test func `What has not ended in time ends with its job`() throws {
        let it = try HubOnALog()
        let devices = ["a", "b", "c"].map { it.make($0) }
        _ = try Self.schedule(it, Self.call, more: #","maxExecutionTimeInSeconds":10"#)
        let id = JobID(trusted: "j")
        it.execute(.job(.begin(id, devices)))
        it.execute(.job(.call(id, [devices[0], devices[1]])))
        it.execute(.job(.answered(id, devices[0], .answered(status: 1, payload: []))))
        it.execute(.job(.expire(id)))
        #expect(try Self.job(it).status == .running)
        it.clock.advance(seconds: 10)
        guard case .expire = try Self.job(it).nextStep(at: it.clock.now, it.limits) else {
            throw HubOnALog.Unexpected()
        }
        it.execute(.job(.expire(id)))
        let job = try Self.job(it)
        #expect(job.status == .failed && job.failure != nil)
        #expect(devices.map { job.devices[$0]?.status } == [.completed, .failed, .canceled])
        // The answer that comes after all changes nothing.
        let before = it.hub.lastSequence
        it.execute(.job(.answered(id, devices[1], .answered(status: 1, payload: []))))
        #expect(it.hub.lastSequence == before)
    }

    @Test(arguments: [update, call])
    func `Devices that cannot be had when their turn comes fail with the reason, and only those`(work: String) throws {
        let it = try HubOnALog()
        let devices = ["a", "b"].map { it.make($0) }
        _ = try Self.schedule(it, work)
        let id = JobID(trusted: "j")
        it.execute(.job(.begin(id, devices)))
        let error = HubError(.iotHubQuotaExceeded, "No more today.")
        it.execute(.job(.refuse(id, [devices[0]], error)))
        // Once is enough.
        let before = it.hub.lastSequence
        it.execute(.job(.refuse(id, [devices[0]], error)))
        #expect(it.hub.lastSequence == before)
        while try Self.step(it, devices: devices, limits: it.limits) {}
        let job = try Self.job(it)
        #expect(job.status == .completed)
        #expect(devices.map { job.devices[$0]?.status } == [.failed, .completed])
        guard case .ended(.failed(let code, let text), _, _)? = job.devices[devices[0]]?.phase else {
            throw HubOnALog.Unexpected()
        }
        #expect(code == "IotHubQuotaExceeded" && text == "No more today.")
        #expect(try it.entity(devices[0]).twin.version == 2)
    }

    @Test func `So many devices are called at a time`() throws {
        var limits = HubLimits()
        limits.callsPerJob = 2
        let it = try HubOnALog(limits)
        let devices = ["a", "b", "c"].map { it.make($0) }
        _ = try Self.schedule(it, Self.call)
        let id = JobID(trusted: "j")
        it.execute(.job(.begin(id, devices)))
        guard case .call(let first) = try Self.job(it).nextStep(at: it.clock.now, limits) else {
            throw HubOnALog.Unexpected()
        }
        #expect(first == Array(devices[..<2]))
        it.execute(.job(.call(id, first)))
        guard case .wait = try Self.job(it).nextStep(at: it.clock.now, limits) else { throw HubOnALog.Unexpected() }
        it.execute(.job(.answered(id, first[1], .answered(status: 1, payload: []))))
        guard case .call(let next) = try Self.job(it).nextStep(at: it.clock.now, limits) else {
            throw HubOnALog.Unexpected()
        }
        #expect(next == [devices[2]])
        // Nobody is claimed twice.
        guard case .done = it.execute(.job(.call(id, first))) else { throw HubOnALog.Unexpected() }
    }

    // MARK: Restarts

    @Test(arguments: Restart.allCases)
    func `A restart behind every step updates each twin once`(way: Restart) throws {
        var limits = HubLimits()
        limits.twinsPerJobStep = 3
        let it = try HubOnALog(limits)
        let devices = (10..<30).map { it.make("d\($0)") }
        _ = try Self.schedule(it)
        try it.restart(way)
        var steps = 0
        while try Self.step(it, devices: devices, limits: limits) {
            try it.restart(way)
            // What was under way when the hub ended may have become durable without anybody knowing, and is asked for again.
            it.execute(.job(.updateTwins(JobID(trusted: "j"), Array(devices.prefix(steps * 3)))))
            steps += 1
        }
        #expect(steps == 8)
        for device in devices { #expect(try it.entity(device).twin.version == 3) }
        let job = try Self.job(it)
        #expect(job.status == .completed && job.devices.count(.completed) == devices.count)
        #expect(job.devices.rows.map(\.device) == devices)
    }

    @Test(arguments: Restart.allCases)
    func `A call that a restart has cut off is not made again, and the others are made`(way: Restart) throws {
        var limits = HubLimits()
        limits.callsPerJob = 2
        let it = try HubOnALog(limits)
        let devices = ["a", "b", "c"].map { it.make($0) }
        _ = try Self.schedule(it, Self.call)
        let id = JobID(trusted: "j")
        it.execute(.job(.begin(id, devices)))
        it.execute(.job(.call(id, [devices[0], devices[1]])))
        it.execute(.job(.answered(id, devices[0], .answered(status: 222, payload: Array("[1]".utf8)))))
        try it.restart(way)
        let job = try Self.job(it)
        #expect(devices.map { job.devices[$0]?.status } == [.completed, .failed, .pending])
        guard case .ended(.answered(222, let payload), _, _)? = job.devices[devices[0]]?.phase else {
            throw HubOnALog.Unexpected()
        }
        #expect(payload == Array("[1]".utf8))
        while try Self.step(it, devices: devices, limits: limits) {}
        #expect(try Self.job(it).status == .completed)
        try it.restart(way)
        #expect(try Self.job(it).devices.count(.completed) == 2 && Self.job(it).devices.count(.failed) == 1)
    }

    @Test(arguments: Restart.allCases)
    func `What a job was asked and came to is there after a restart`(way: Restart) throws {
        let it = try HubOnALog()
        let device = it.make("a")
        let times = #","startTime":"\#(it.clock.now.adding(seconds: 60))","maxExecutionTimeInSeconds":7"#
        _ = try Self.schedule(it, Self.call, id: "scheduled", more: times)
        _ = try Self.schedule(it, id: "cancelled")
        it.execute(.job(.cancel(JobID(trusted: "cancelled"))))
        _ = try Self.schedule(it, id: "failed")
        it.execute(.job(.fail(JobID(trusted: "failed"), reason: "Line 1:29\n\"")))
        _ = try Self.schedule(it, id: "running")
        it.execute(.job(.begin(JobID(trusted: "running"), [device])))
        let before = it.hub.jobs.all.map(Self.text)
        try it.restart(way)
        #expect(it.hub.jobs.all.map(Self.text) == before)
        #expect(it.hub.jobs.active == [JobID(trusted: "scheduled"), JobID(trusted: "running")])
    }

    private static func text(_ job: ScheduledJob) -> String {
        var json = JSONWriter()
        job.write(to: &json)
        for row in job.devices.rows { row.write(to: &json) }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    // MARK: Bounds

    @Test func `Ended jobs are forgotten by age and number, the oldest first, and active ones never`() throws {
        var limits = HubLimits()
        limits.jobs = 2
        limits.jobDevices = 3
        let it = try HubOnALog(limits)
        let devices = ["a", "b"].map { it.make($0) }
        func ids() -> [String] { it.hub.jobs.all.map(\.id.description) }
        for id in ["one", "two", "three", "four"] {
            _ = try Self.schedule(it, id: id)
            it.execute(.job(.begin(try JobID(id), [])))
            it.clock.advance(seconds: 1)
        }
        #expect(ids() == ["three", "four"])
        _ = try Self.schedule(it, id: "five")
        #expect(ids() == ["four", "five"])
        while try Self.step(it, "five", devices: devices, limits: limits) {}
        // Two more devices do not fit beside those of an ended job, which makes room.
        _ = try Self.schedule(it, id: "six")
        it.execute(.job(.begin(JobID(trusted: "six"), devices)))
        #expect(ids() == ["six"])
        // They do not fit beside those of an active one.
        _ = try Self.schedule(it, id: "seven")
        it.execute(.job(.begin(JobID(trusted: "seven"), devices)))
        #expect(try Self.job(it, "seven").status == .failed)
        #expect(try Self.job(it, "six").status == .running)
        it.clock.advance(seconds: limits.jobRetentionSeconds + 1)
        it.execute(.job(.forgetOld))
        #expect(ids() == ["six"])
    }

    @Test func `Answers for which there is no room are failures that say so`() throws {
        var limits = HubLimits()
        limits.jobPayloadBytes = 10
        let it = try HubOnALog(limits)
        let devices = ["a", "b", "c"].map { it.make($0) }
        _ = try Self.schedule(it, Self.call)
        let id = JobID(trusted: "j")
        it.execute(.job(.begin(id, devices)))
        it.execute(.job(.call(id, devices)))
        for device in devices.prefix(2) {
            it.execute(.job(.answered(id, device, .answered(status: 200, payload: Array("\"12345\"".utf8)))))
        }
        it.execute(.job(.answered(id, devices[2], .answered(status: 200, payload: []))))
        let job = try Self.job(it)
        #expect(devices.map { job.devices[$0]?.status } == [.completed, .failed, .completed])
    }

    @Test func `A reset leaves no job`() throws {
        let it = try HubOnALog()
        let device = it.make("a")
        _ = try Self.schedule(it)
        it.execute(.job(.begin(JobID(trusted: "j"), [device])))
        it.execute(.reset(.empty))
        #expect(it.hub.jobs.isEmpty)
        guard case .done = it.execute(.job(.updateTwins(JobID(trusted: "j"), [device]))) else {
            throw HubOnALog.Unexpected()
        }
    }

    @Test func `Where the log refuses, nothing of a job has happened`() throws {
        let it = try HubOnALog()
        let device = it.make("a")
        _ = try Self.schedule(it)
        it.execute(.job(.begin(JobID(trusted: "j"), [device])))
        it.refuseWrites(.refused(reason: "full"))
        #expect(it.refusal(of: .job(.updateTwins(JobID(trusted: "j"), [device])))?.code == .serviceUnavailable)
        #expect(try Self.job(it).devices.count(.pending) == 1)
        it.refuseWrites(nil)
        it.execute(.job(.updateTwins(JobID(trusted: "j"), [device])))
        #expect(try Self.job(it).status == .completed)
        #expect(try it.entity(device).twin.version == 3)
    }
}
