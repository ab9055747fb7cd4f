import JSON
import Testing
import Vocabulary

@testable import Hub

/// What a job may be asked to be (rest.md section 12).
struct JobDraftTests {
    private static let now = Timestamp(unixSeconds: 1_800_000_000)

    private static func draft(_ members: String, id: String = "j") throws -> JobDraft {
        try JobDraft(JobID(id), JSONDocument(parsing: "{\(members)}").root, at: now)
    }

    private static func updating(_ twin: String) -> String {
        #""type":"scheduleUpdateTwin","updateTwin":\#(twin),"queryCondition":"*""#
    }

    private static func calling(_ method: String) -> String {
        #""type":"scheduleDeviceMethod","cloudToDeviceMethod":\#(method),"queryCondition":"*""#
    }

    private static let twin = updating(#"{"etag":"*","tags":{"a":1}}"#)
    private static let method = calling(#"{"methodName":"m"}"#)

    @Test(arguments: ["a", "0", "-", "'", "job-01'", String(repeating: "z", count: 64)])
    func `These are ids`(id: String) throws {
        #expect(try JobID(id).description == id)
    }

    @Test(arguments: ["", "A", "a b", "a_b", "a.b", "é", "a/b", String(repeating: "z", count: 65)])
    func `These are none`(id: String) {
        #expect(throws: HubError.self) { try JobID(id) }
    }

    private static let taken: [(members: String, seconds: Int)] = [
        (twin, 3600), (method, 3600), (twin + #","jobId":"j","maxExecutionTimeInSeconds":5"#, 5),
        (twin + #","jobId":null,"startTime":null,"maxExecutionTimeInSeconds":null,"more":{}"#, 3600),
        (#""queryCondition":"no query","type":"ScheduleUpdateTwin","updateTwin":{"etag":"\"*\""}"#, 3600),
    ]

    @Test(arguments: taken)
    func `These are taken`(members: String, seconds: Int) throws {
        #expect(try Self.draft(members).seconds == seconds)
    }

    private static let refused: [(members: String, code: ErrorCode)] = [
        (#""queryCondition":"*""#, .argumentNull), (#""type":"export","queryCondition":"*""#, .argumentInvalid),
        (#""type":7,"queryCondition":"*""#, .argumentInvalid),
        (#""type":"scheduleUpdateTwin","queryCondition":"*""#, .argumentNull),
        (#""type":"scheduleDeviceMethod","queryCondition":"*""#, .argumentNull),
        (updating(#"{"tags":{}}"#), .argumentInvalid), (updating(#"{"etag":"AAAAAAAAAAE="}"#), .argumentInvalid),
        (updating(#"{"etag":"*","tags":{"a.b":1}}"#), .argumentInvalid),
        (calling(#"{"methodName":"a b"}"#), .argumentInvalid),
        (calling(#"{"methodName":"m","responseTimeoutInSeconds":301}"#), .argumentInvalid),
        (twin + #","jobId":"other""#, .argumentInvalid), (twin + #","queryCondition":"""#, .argumentNull),
        (twin + #","queryCondition":null"#, .argumentNull), (twin + #","startTime":"tomorrow""#, .argumentInvalid),
        (twin + #","startTime":5"#, .argumentInvalid),
        (twin + #","startTime":"2027-01-22T08:00:01Z""#, .argumentInvalid),
        (twin + #","maxExecutionTimeInSeconds":0"#, .argumentInvalid),
        (twin + #","maxExecutionTimeInSeconds":-1"#, .argumentInvalid),
        (twin + #","maxExecutionTimeInSeconds":1.5"#, .argumentInvalid),
        (twin + #","maxExecutionTimeInSeconds":2147483648"#, .argumentInvalid),
        (twin + #","queryCondition":"\#(String(repeating: "x", count: 8_165))""#, .preconditionFailed),
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

    private static let starts: [(text: String, ahead: Double?)] = [
        ("2027-01-15T08:00:00Z", nil), ("2020-01-01T00:00:00Z", nil), ("2027-01-15T08:00:01Z", 1.0),
        ("2027-01-15T10:00:01+02:00", 1.0), ("2027-01-15T07:30:02.5-00:30", 2.5),
        ("2027-01-15T10:00:00+02:00", nil), ("2027-01-22T08:00:00Z", 168 * 3600.0),
    ]

    @Test(arguments: starts)
    func `A start is a time within a week, and one that has passed is now`(text: String, ahead: Double?) throws {
        let draft = try Self.draft(Self.twin + #","startTime":"\#(text)""#)
        #expect(draft.start == ahead.map { Self.now.adding(seconds: $0) })
    }

    @Test func `A condition may be as long as a query with it`() throws {
        let longest = String(repeating: "é", count: 8_192 - JobDraft.conditionPrefix.count)
        #expect(try Self.draft(Self.twin + #","queryCondition":"\#(longest)""#).condition == longest)
    }

    @Test func `A status leads on by the table, and nowhere from an end`() {
        for status in JobStatus.allCases {
            #expect(status.isFinal == [.unknown, .completed, .failed, .cancelled].contains(status))
            #expect(!status.successors.contains(status))
            for next in status.successors { #expect(next == .running || next.isFinal) }
        }
        #expect(!JobStatus.queued.successors.contains(.completed))
        #expect(JobStatus(caseInsensitive: "Cancelled") == .cancelled && JobStatus(caseInsensitive: "canceled") == nil)
    }
}
