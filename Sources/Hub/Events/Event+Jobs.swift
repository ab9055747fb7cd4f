import JSON
import Vocabulary

// Scheduled jobs in the log: the members of a record's event.
extension JobEvent {
    var kind: RecordedEvent.Kind {
        switch self {
        case .scheduled: .jobScheduled
        case .began: .jobBegan
        case .called: .jobCalled
        case .devicesEnded: .jobDevicesEnded
        case .ended: .jobEnded
        case .forgotten: .jobsForgotten
        }
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .scheduled(let job):
            json.key("job")
            job.write(to: &json)
        case .began(let id, let devices), .called(let id, let devices):
            Self.write(id, to: &json)
            json.key("devices")
            json.beginArray()
            for device in devices { json.value(device.key) }
            json.endArray()
        case .devicesEnded(let id, let results):
            Self.write(id, to: &json)
            json.key("devices")
            json.beginArray()
            for (device, result) in results {
                json.beginObject()
                json.key("device")
                json.value(device.key)
                result.writeMembers(to: &json)
                json.endObject()
            }
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

    private static func write(_ id: JobID, to json: inout JSONWriter) {
        json.key("jobId")
        json.value(id.description)
    }

    init(_ kind: RecordedEvent.Kind, _ body: JSONValue) throws(RecordError) {
        func id() throws(RecordError) -> JobID {
            guard let id = body["jobId"]?.string else { throw RecordError("jobId") }
            return JobID(trusted: id)
        }
        func list<Element>(
            _ member: String, _ read: (JSONValue) throws(RecordError) -> Element
        ) throws(RecordError) -> [Element] {
            guard let value = body[member], value.kind == .array else { throw RecordError(member) }
            var list: [Element] = []
            for entry in value.elements { list.append(try read(entry)) }
            return list
        }
        func key(_ value: JSONValue?) throws(RecordError) -> String {
            guard let key = value?.string else { throw RecordError("devices") }
            return key
        }
        func devices() throws(RecordError) -> [TwinID] {
            try list("devices") { (entry) throws(RecordError) in TwinID(trusted: try key(entry)) }
        }
        switch kind {
        case .jobScheduled:
            guard let job = body["job"] else { throw RecordError("job") }
            self = .scheduled(try ScheduledJob(record: job))
        case .jobBegan: self = .began(try id(), try devices())
        case .jobCalled: self = .called(try id(), try devices())
        case .jobDevicesEnded:
            let results = try list("devices") { (entry) throws(RecordError) in
                (device: TwinID(trusted: try key(entry["device"])), result: try DeviceJobResult(members: entry))
            }
            self = .devicesEnded(try id(), results)
        case .jobEnded:
            self = .ended(try id(), try JobStatus(endIn: body), reason: body["reason"]?.string)
        case .jobsForgotten:
            self = .forgotten(
                try list("jobIds") { (entry) throws(RecordError) in JobID(trusted: try key(entry)) })
        default: throw RecordError("kind")
        }
    }
}
