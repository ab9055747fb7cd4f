import Hub
import JSON
import Vocabulary

/// A row of `devices.jobs` (query.md section 7).
struct DeviceJobRow: Sendable {
    let job: ScheduledJob
    let part: DeviceJob

    var document: [UInt8] {
        var json = JSONWriter(capacity: 320)
        json.beginObject()
        json.key("deviceId")
        json.value(part.device.device)
        json.key("jobId")
        json.value(job.id.description)
        json.key("jobType")
        json.value(job.work.kind.rawValue)
        json.key("status")
        json.value(part.status.rawValue)
        // A row is made when its job begins.
        let created = job.began ?? job.created
        var updated = created
        switch part.phase {
        case .pending: break
        case .running(let since):
            json.key("startTimeUtc")
            json.value(since.description)
            updated = since
        case .ended(_, let began, let time):
            json.key("startTimeUtc")
            json.value(began.description)
            json.key("endTimeUtc")
            json.value(time.description)
            updated = time
        case .canceled(let time):
            json.key("endTimeUtc")
            json.value(time.description)
            updated = time
        }
        json.key("createdDateTimeUtc")
        json.value(created.description)
        json.key("lastUpdatedDateTimeUtc")
        json.value(updated.description)
        if case .ended(let result, _, _) = part.phase { Self.write(result, to: &json) }
        json.endObject()
        return json.bytes
    }

    private static func write(_ result: DeviceJobResult, to json: inout JSONWriter) {
        if case .failed(let code, let description) = result {
            json.key("error")
            json.beginObject()
            json.key("code")
            json.value(code)
            json.key("description")
            json.value(description)
            json.endObject()
            return
        }
        json.key("outcome")
        json.beginObject()
        json.key("deviceMethodResponse")
        if case .answered(let status, let payload) = result {
            json.beginObject()
            json.key("status")
            json.value(status)
            json.key("payload")
            if payload.isEmpty { json.null() } else { json.raw(payload) }
            json.endObject()
        } else {
            json.null()
        }
        json.endObject()
    }
}
