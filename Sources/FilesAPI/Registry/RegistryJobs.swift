import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Imports and exports of the registry (rest.md section 13).
struct RegistryJobs: Sendable {
    let desk: RegistryJobDesk

    var routes: [Route] {
        let registry: Requirement = .allOf([.registryRead, .registryWrite])
        return [
            Route(.post, "/jobs/create", "Jobs_CreateImportExportJob", registry) {
                [self] (call) throws(HubError) in try create(call)
            },
            Route(.get, "/jobs", "Jobs_GetImportExportJobs", registry, Self.list),
            Route(.get, "/jobs/{id}", "Jobs_GetImportExportJob", registry, Self.get),
            Route(.delete, "/jobs/{id}", "Jobs_CancelImportExportJob", registry, Self.cancel),
        ]
    }

    private func create(_ call: Call) throws(HubError) -> Answer {
        let draft = try RegistryJobDraft(try call.json().root)
        try desk.containers.check(draft, at: call.services.environment.now())
        let id = RegistryJobID(call.services.environment.requestID())
        let (desk, hub) = (desk, call.hub)
        return call.submit(.registryJob(.enqueue(id, draft))) { (outcome) throws(HubError) in
            let job = try Self.job(outcome)
            desk.look(hub)
            return Self.answer { job.writeDocument(to: &$0, isNew: true) }
        }
    }

    /// A bare array.
    private static func list(_ call: Call) throws(HubError) -> Answer {
        let jobs = call.hub.registryJobs.jobs
        return .now(
            answer { json in
                json.beginArray()
                for job in jobs { job.writeDocument(to: &json, isNew: false) }
                json.endArray()
            })
    }

    private static func get(_ call: Call) throws(HubError) -> Answer {
        let id = RegistryJobID(call.captures["id"] ?? "")
        guard let job = call.hub.registryJobs[id] else { throw .jobNotFound(id.description) }
        return .now(answer { job.writeDocument(to: &$0, isNew: false) })
    }

    /// Lines that an import has taken stay taken.
    private static func cancel(_ call: Call) throws(HubError) -> Answer {
        call.submit(.registryJob(.cancel(RegistryJobID(call.captures["id"] ?? "")))) { (outcome) throws(HubError) in
            _ = try job(outcome)
            return HTTPResponse(status: 204)
        }
    }

    private static func job(_ outcome: Outcome) throws(HubError) -> RegistryJob {
        switch outcome {
        case .registryJob(let job): return job
        case .refused(let error): throw error
        default: throw HubError(.serverError, "The operation has no result.")
        }
    }

    private static func answer(_ write: (inout JSONWriter) -> Void) -> HTTPResponse {
        var json = JSONWriter(capacity: 512)
        write(&json)
        return .json(json.bytes)
    }
}

extension RegistryJob {
    /// The job as back ends see it; containers without their signatures.
    ///
    /// - Parameter isNew: whether this is the answer to its creation, the only one that names an import's container.
    func writeDocument(to json: inout JSONWriter, isNew: Bool) {
        json.beginObject()
        json.key("jobId")
        json.value(id.description)
        json.key("startTimeUtc")
        json.value(created.description)
        if let ended {
            json.key("endTimeUtc")
            json.value(ended.description)
        }
        json.key("type")
        json.value(draft.kindName)
        json.key("status")
        json.value(status.rawValue)
        json.key("progress")
        json.value(status == .completed ? 100 : 0)
        draft.writeMembers(to: &json, showsInput: isNew)
        json.key("useSecondaryStorageAsSource")
        json.value(false)
        if let failure {
            json.key("failureReason")
            json.value(failure)
        }
        json.endObject()
    }
}
