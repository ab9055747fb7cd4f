import JSON
import Vocabulary

/// What has happened to an import or export.
public enum RegistryJobEvent: Sendable {
    case enqueued(RegistryJob)
    case began(RegistryJobID)
    /// An import has taken in the lines up to these, of which some were wrong.
    case imported(RegistryJobID, RegistryJob.Progress, [ImportError])
    case ended(RegistryJobID, JobStatus, reason: String?)
    case forgotten([RegistryJobID])
}

// In the log: the members of a record's event.
extension RegistryJobEvent {
    var kind: RecordedEvent.Kind {
        switch self {
        case .enqueued: .registryJobEnqueued
        case .began: .registryJobBegan
        case .imported: .registryJobImported
        case .ended: .registryJobEnded
        case .forgotten: .registryJobsForgotten
        }
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .enqueued(let job):
            json.key("job")
            job.write(to: &json)
        case .began(let id): Self.write(id, to: &json)
        case .imported(let id, let lines, let errors):
            Self.write(id, to: &json)
            lines.writeMembers(to: &json)
            json.key("errors")
            json.beginArray()
            for error in errors { error.write(to: &json) }
            json.endArray()
        case .ended(let id, let status, let reason):
            Self.write(id, to: &json)
            status.writeMembers(reason: reason, to: &json)
        case .forgotten(let ids):
            json.key("jobIds")
            json.beginArray()
            for id in ids { json.value(id.description) }
            json.endArray()
        }
    }

    private static func write(_ id: RegistryJobID, to json: inout JSONWriter) {
        json.key("jobId")
        json.value(id.description)
    }

    init(_ kind: RecordedEvent.Kind, _ body: JSONValue) throws(RecordError) {
        func id() throws(RecordError) -> RegistryJobID {
            guard let id = body["jobId"]?.string else { throw RecordError("jobId") }
            return RegistryJobID(id)
        }
        switch kind {
        case .registryJobEnqueued:
            guard let job = body["job"] else { throw RecordError("job") }
            self = .enqueued(try RegistryJob(record: job))
        case .registryJobBegan: self = .began(try id())
        case .registryJobImported:
            self = .imported(try id(), try RegistryJob.Progress(members: body), try ImportError.list(body["errors"]))
        case .registryJobEnded:
            self = .ended(try id(), try JobStatus(endIn: body), reason: body["reason"]?.string)
        case .registryJobsForgotten:
            guard let value = body["jobIds"], value.kind == .array else { throw RecordError("jobIds") }
            var ids: [RegistryJobID] = []
            for element in value.elements {
                guard let id = element.string else { throw RecordError("jobIds") }
                ids.append(RegistryJobID(id))
            }
            self = .forgotten(ids)
        default: throw RecordError("kind")
        }
    }
}
