import JSON
import Testing
import Vocabulary

@testable import Hub

/// Imports and exports as hub state (rest.md section 13): lines and how many of them there were are one batch, so that a restart
/// does none twice.
struct RegistryJobTests {
    private static let id = RegistryJobID("01234567-89ab-4def-8123-456789abcdef")

    static func draft(_ members: String) throws -> RegistryJobDraft {
        try RegistryJobDraft(JSONDocument(parsing: "{\(members)}").root)
    }

    private static let export = #""type":"export","outputBlobContainerUri":"file:///out?sig=s""#
    private static let `import` =
        #""type":"import","inputBlobContainerUri":"file:///in?sig=s","outputBlobContainerUri":"file:///out""#

    private static func begin(_ it: HubOnALog, _ work: String = `import`) throws {
        guard case .registryJob(let job) = it.execute(.registryJob(.enqueue(id, try draft(work)))) else {
            throw HubOnALog.Unexpected()
        }
        #expect(job.status == .enqueued)
        it.execute(.registryJob(.begin(id)))
        #expect(try self.job(it).status == .running)
    }

    private static func job(_ it: HubOnALog) throws -> RegistryJob { try #require(it.hub.registryJobs[id]) }

    private static func line(_ number: Int, _ text: String) -> ImportLine { ImportLine(number, Array(text.utf8)) }

    @discardableResult
    private static func take(_ it: HubOnALog, _ texts: [String], after: Int) -> Outcome {
        let lines = texts.enumerated().map { line(after + $0 + 1, $1) }
        return it.execute(.registryJob(.take(id, lines, after: after)))
    }

    /// Something of every kind of event, for tests of the log.
    static func liveThroughEverything(_ it: HubOnALog) throws {
        try begin(it)
        take(it, [#"{"id":"imported","status":"enabled"}"#, "no line"], after: 0)
        it.execute(.registryJob(.end(id, failure: "disk")))
        it.clock.advance(seconds: HubLimits().jobRetentionSeconds + 1)
        let next = RegistryJobID("11234567-89ab-4def-8123-456789abcdef")
        it.execute(.registryJob(.enqueue(next, try draft(export))))
        it.execute(.registryJob(.cancel(next)))
        #expect(it.hub.registryJobs.jobs.map(\.id) == [next])
        it.execute(.deleteIdentity(TwinID(trusted: "imported"), .any))
    }

    // MARK: Requests

    private static let refused: [(members: String, code: ErrorCode)] = [
        (#""outputBlobContainerUri":"file:///out""#, .argumentNull), (#""type":"export""#, .argumentNull),
        (#""type":"import","outputBlobContainerUri":"file:///out""#, .argumentNull),
        (export + #","type":"backup""#, .argumentInvalid),
        (export + #","excludeKeysInExport":"yes""#, .argumentInvalid),
        (export + #","storageAuthenticationType":"none""#, .argumentInvalid),
        (export + #","includeConfigurations":true,"configurationsBlobName":"devices.txt""#, .argumentInvalid),
    ]

    @Test(arguments: refused)
    func `These are refused`(members: String, code: ErrorCode) {
        do {
            _ = try Self.draft(members)
            Issue.record("it was taken")
        } catch let error as HubError {
            #expect(error.code == code, "\(error)")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func `A job is known by its containers' addresses, and by no signature`() throws {
        let draft = try Self.draft(Self.import + #","inputBlobName":"a.txt","excludeKeysInExport":true"#)
        guard case .import(let input) = draft.work else { throw HubOnALog.Unexpected() }
        #expect(input.address == "file:///in" && input.query == "sig=s" && draft.blob == "a.txt")
        var json = JSONWriter()
        json.beginObject()
        draft.writeMembers(to: &json, showsInput: true)
        json.endObject()
        #expect(!String(decoding: json.bytes, as: UTF8.self).contains("sig"))
        #expect(try Self.draft(Self.export).blob == "devices.txt")
        #expect(try Self.draft(#""type":"Import","inputBlobContainerUri":"file:///in""#).output.address == "file:///in")
    }

    // MARK: States

    @Test func `There is one job at a time, and one that has ended stays so`() throws {
        let it = try HubOnALog()
        try Self.begin(it, Self.export)
        let other = RegistryJobID("other")
        let second = Command.registryJob(.enqueue(other, try Self.draft(Self.export)))
        #expect(it.refusal(of: second)?.code == .jobQuotaExceeded)
        it.execute(.registryJob(.end(Self.id, failure: nil)))
        #expect(try Self.job(it).status == .completed && Self.job(it).ended == it.clock.now)
        #expect(it.refusal(of: .registryJob(.cancel(Self.id)))?.code == .operationNotAllowedInCurrentState)
        #expect(it.refusal(of: second) == nil)
        it.execute(.registryJob(.cancel(other)))
        let before = it.hub.lastSequence
        // Its runner comes too late.
        it.execute(.registryJob(.begin(other)))
        it.execute(.registryJob(.end(other, failure: "late")))
        #expect(it.hub.lastSequence == before)
        #expect(it.refusal(of: .registryJob(.cancel(RegistryJobID("none"))))?.code == .jobNotFound)
    }

    @Test func `So many jobs are known`() throws {
        var limits = HubLimits()
        limits.registryJobs = 3
        let it = try HubOnALog(limits)
        for number in 1...5 {
            let id = RegistryJobID("\(number)")
            it.execute(.registryJob(.enqueue(id, try Self.draft(Self.export))))
            it.execute(.registryJob(.cancel(id)))
        }
        #expect(it.hub.registryJobs.jobs.map(\.id.description) == ["3", "4", "5"])
    }

    // MARK: Lines

    @Test func `Good lines are applied beside bad ones, which are named by their number`() throws {
        let it = try HubOnALog()
        try Self.begin(it)
        Self.take(
            it,
            [
                #"{"id":"a","status":"disabled","statusReason":"why","tags":{"t":1},"properties":{"desired":{"x":2},"reported":{"r":3}}}"#,
                "not json", #"{"id":"b"}"#, #"{"id":"c","moduleId":"m","status":"enabled"}"#,
                #"{"id":"d","importMode":"delete"}"#, #"{"status":"enabled"}"#,
                #"{"id":"a","moduleId":"m","status":"enabled"}"#,
            ], after: 0)
        let entity = try it.entity(TwinID(trusted: "a"))
        #expect(entity.identity.status == .disabled && entity.identity.statusReason == "why")
        #expect(entity.twin.tags.elementsEqual(#"{"t":1}"#.utf8) && entity.twin.desired.elementsEqual(#"{"x":2}"#.utf8))
        #expect(entity.twin.reported.elementsEqual(#"{"r":3}"#.utf8))
        _ = try it.entity(TwinID(trusted: "a/m"))
        let job = try Self.job(it)
        #expect(job.lines == .init(devices: 7))
        #expect(job.errors.map(\.device) == [nil, "b", "c", "d", nil])
        let (unreadable, missing) = (ErrorCode.deserializationError.number, ErrorCode.deviceNotFound.number)
        #expect(job.errors.map(\.code) == [unreadable, unreadable, missing, missing, unreadable])
        #expect(job.errors[2].module == "m" && job.errors[4].text.hasPrefix("Invalid device format in line 6: "))
    }

    @Test func `What exists is updated, identity and twin each for itself`() throws {
        let it = try HubOnALog()
        let id = it.make("a")
        #expect(
            it.refusal(
                of: .patchTwin(id, try .init(body: JSONDocument(parsing: #"{"tags":{"old":1,"kept":1}}"#)), .none))
                == nil)
        try Self.begin(it)
        Self.take(
            it,
            [
                #"{"id":"a","status":"disabled","tags":{"old":null,"new":1},"properties":{"desired":{"x":1}}}"#,
                #"{"id":"a","importMode":"update","status":"enabled","twinETag":"AAAAAAAAAAE=","tags":{"never":1}}"#,
                #"{"id":"a","importMode":"create","status":"disabled","tags":{"never":1}}"#,
            ], after: 0)
        let entity = try it.entity(id)
        #expect(
            entity.twin.tags.elementsEqual(#"{"kept":1,"new":1}"#.utf8),
            "\(String(decoding: entity.twin.tags, as: UTF8.self))")
        #expect(entity.twin.desired.elementsEqual(#"{"x":1}"#.utf8) && entity.identity.status == .enabled)
        #expect(
            try Self.job(it).errors.map(\.code)
                == [ErrorCode.preconditionFailed.number, ErrorCode.deviceAlreadyExists.number])
    }

    @Test func `Errors beyond the bound are counted, and none is kept when the import has ended`() throws {
        var limits = HubLimits()
        limits.importErrors = 3
        let it = try HubOnALog(limits)
        try Self.begin(it)
        Self.take(it, ["x", "x"], after: 0)
        Self.take(it, ["x", "x", "x"], after: 2)
        #expect(try Self.job(it).errors.count == 3 && Self.job(it).moreErrors == 2)
        it.execute(.registryJob(.end(Self.id, failure: nil)))
        #expect(try Self.job(it).errors.isEmpty)
    }

    @Test func `A configuration is made, or updated where its ETag is the one that stands`() throws {
        let it = try HubOnALog()
        try Self.begin(it)
        func take(_ texts: [String], after: Int) {
            let lines = texts.enumerated().map { ConfigurationLine(after + $0 + 1, Array($1.utf8)) }
            it.execute(.registryJob(.takeConfigurations(Self.id, lines, after: after)))
        }
        let content = #""content":{"deviceContent":{"properties.desired.a":1}}"#
        func one(_ priority: Int, _ more: String = "") -> String {
            #"{"id":"one",\#(content),"priority":\#(priority)\#(more)}"#
        }
        take([one(1), "no json", one(2)], after: 0)
        let made = try #require(it.hub.configurations.first)
        #expect(made.id.description == "one" && made.priority == 2)
        let etag = #","etag":"\#(made.etag)""#
        take([one(3, etag)], after: 3)
        take([one(4, etag)], after: 4)
        take([#"{"id":"two",\#(content),"importMode":"delete"}"#, #"{"id":"two"}"#, #"{\#(content)}"#], after: 5)
        // Lines that have been taken in already change nothing.
        take([one(5)], after: 4)
        #expect(it.hub.configurations.map(\.priority) == [3])
        let job = try Self.job(it)
        #expect(job.lines == .init(configurations: 8))
        let unreadable = ErrorCode.deserializationError.number
        #expect(
            job.errors.map(\.code)
                == [unreadable, ErrorCode.preconditionFailed.number, unreadable, unreadable, unreadable])
        #expect(job.errors.map(\.configuration) == [nil, "one", "two", "two", nil])
    }

    // MARK: Restarts

    @Test(arguments: Restart.allCases)
    func `A restart behind every portion takes each line once`(way: Restart) throws {
        let it = try HubOnALog()
        try Self.begin(it)
        var bad = 0
        for portion in 0..<6 {
            var lines = (0..<3).map { #"{"id":"d-\#(portion)-\#($0)","importMode":"create","status":"enabled"}"# }
            lines.append("bad")
            bad += 1
            try it.restart(way)
            Self.take(it, lines, after: portion * 4)
            try it.restart(way)
            // It had become durable without anybody knowing.
            guard case .registryJob(let job) = Self.take(it, lines, after: portion * 4) else {
                throw HubOnALog.Unexpected()
            }
            #expect(job.lines == .init(devices: (portion + 1) * 4) && job.errors.count == bad)
        }
        #expect(it.hub.devices(limit: 100).filter { $0.id.key.hasPrefix("d-") }.count == 18)
        it.execute(.registryJob(.end(Self.id, failure: "why\n\"")))
        let before = it.hub.registryJobs.jobs.map(Self.text)
        try it.restart(way)
        #expect(it.hub.registryJobs.jobs.map(Self.text) == before && before.count == 1)
        #expect(it.hub.registryJobs.active == nil)
    }

    private static func text(_ job: RegistryJob) -> String {
        var json = JSONWriter()
        job.write(to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func `A reset leaves no job, and its lines come too late`() throws {
        let it = try HubOnALog()
        try Self.begin(it)
        it.execute(.reset(.empty))
        guard case .done = Self.take(it, [#"{"id":"a","status":"enabled"}"#], after: 0) else {
            throw HubOnALog.Unexpected()
        }
        #expect(it.hub.registryJobs.jobs.isEmpty && it.hub.entity(TwinID(trusted: "a")) == nil)
    }

    @Test func `Where the log refuses, no line has been taken`() throws {
        let it = try HubOnALog()
        try Self.begin(it)
        it.refuseWrites(.refused(reason: "full"))
        guard case .refused(let error) = Self.take(it, [#"{"id":"a","status":"enabled"}"#, "x"], after: 0) else {
            throw HubOnALog.Unexpected()
        }
        #expect(error.code == .serviceUnavailable)
        it.refuseWrites(nil)
        #expect(try Self.job(it).lines == .init() && it.hub.entity(TwinID(trusted: "a")) == nil)
    }
}
