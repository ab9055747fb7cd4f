import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Jobs over many devices (rest.md section 12).
struct ScheduledJobs: Sendable {
    let jobs: JobDesk
    let queries: QueryDesk

    var routes: [Route] {
        [
            Route(.get, "/jobs/v2/query", "Jobs_QueryScheduledJobs", .anyOf(.serviceConnect)) {
                [self] (call) throws(HubError) in try query(call)
            },
            Route(.get, "/jobs/v2/{id}", "Jobs_GetScheduledJob", .anyOf(.serviceConnect), Self.get),
            Route(.put, "/jobs/v2/{id}", "Jobs_CreateScheduledJob", .anyOf(.serviceConnect)) {
                [self] (call) throws(HubError) in try create(call)
            },
            Route(.post, "/jobs/v2/{id}/cancel", "Jobs_CancelScheduledJob", .anyOf(.serviceConnect), Self.cancel),
        ]
    }

    /// The answer holds three members only.
    private func create(_ call: Call) throws(HubError) -> Answer {
        let id = try JobID(call.captures["id"] ?? "")
        let draft = try JobDraft(id, try call.json().root, at: call.services.environment.now())
        let jobs = jobs
        return call.submit(.job(.schedule(draft))) { (outcome) throws(HubError) in
            let job = try Self.job(outcome)
            jobs.look()
            var json = JSONWriter()
            job.writeReceipt(to: &json)
            return .json(json.bytes)
        }
    }

    /// 200 for an id that no job has, too, as measured.
    private static func get(_ call: Call) throws(HubError) -> Answer {
        guard let text = call.captures["id"], let id = try? JobID(text), let job = call.hub.jobs[id] else {
            return .now(.json(Array(#"{"type":"unknown","status":"unknown"}"#.utf8)))
        }
        return .now(document(of: job))
    }

    /// Whatever body comes with it is passed over.
    private static func cancel(_ call: Call) throws(HubError) -> Answer {
        let text = call.captures["id"] ?? ""
        guard let id = try? JobID(text) else { throw .jobNotFound(text) }
        return call.submit(.job(.cancel(id))) { (outcome) throws(HubError) in document(of: try job(outcome)) }
    }

    private static func job(_ outcome: Outcome) throws(HubError) -> ScheduledJob {
        switch outcome {
        case .job(let job): return job
        case .refused(let error): throw error
        default: throw HubError(.serverError, "The operation has no result.")
        }
    }

    private static func document(of job: ScheduledJob) -> HTTPResponse {
        var json = JSONWriter(capacity: 512)
        job.writeDocument(to: &json)
        return .json(json.bytes)
    }

    /// A bare array of jobs; `jobType` and `jobStatus` narrow it, in any case of letters. Pages by header, or as the documents
    /// have it by `pageSize` and `continuationToken`.
    private func query(_ call: Call) throws(HubError) -> Answer {
        let kind = call.parameter("jobType").flatMap { $0.isEmpty ? nil : $0 }
        let status = call.parameter("jobStatus").flatMap { $0.isEmpty ? nil : $0 }
        let text = "jobs \(kind?.lowercased() ?? "*") \(status?.lowercased() ?? "*")"
        let size = try Queries.pageSize(call.header("x-ms-max-item-count") ?? call.parameter("pageSize"))
        if let token = call.header("x-ms-continuation") ?? call.parameter("continuationToken"), !token.isEmpty {
            return .now(Queries.response(try queries.go(on: token, text: text, pageSize: size)))
        }
        // A type that other jobs have, such as `export`, is the type of none of these.
        var wanted: JobStatus?
        if let status {
            guard let known = JobStatus(caseInsensitive: status) else {
                throw HubError(
                    .argumentInvalid,
                    "'jobStatus' is one of \(JobStatus.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            wanted = known
        }
        let found = call.hub.jobs.all.filter { job in
            (kind == nil || job.work.kind.rawValue.lowercased() == kind?.lowercased())
                && (wanted == nil || job.status == wanted)
        }
        return .now(Queries.response(queries.show(QueryResult(of: found), text: text, pageSize: size)))
    }
}
