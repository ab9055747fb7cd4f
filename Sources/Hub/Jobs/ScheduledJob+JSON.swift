import JSON
import Twins
import Vocabulary

// Scheduled jobs as the log and snapshots keep them.

extension ScheduledJob {
    /// Everything but its devices.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("jobId")
        json.value(id.description)
        work.writeMembers(to: &json)
        json.key("queryCondition")
        json.value(condition)
        json.key("created")
        json.value(created.description)
        json.key("start")
        json.value(start.description)
        json.key("seconds")
        json.value(seconds)
        if let began {
            json.key("began")
            json.value(began.description)
        }
        if case .ended(let status, _, let time, let reason) = phase {
            json.key("status")
            json.value(status.rawValue)
            json.key("ended")
            json.value(time.description)
            if let reason {
                json.key("reason")
                json.value(reason)
            }
        }
        json.endObject()
    }

    init(record body: JSONValue) throws(RecordError) {
        guard let id = body["jobId"]?.string, let condition = body["queryCondition"]?.string,
            let created = try body.time("created"), let start = try body.time("start"),
            let seconds = body["seconds"]?.counter.flatMap(Int.init(exactly:))
        else { throw RecordError("job") }
        let work: JobWork
        do throws(HubError) { work = try JobWork(body) } catch { throw RecordError("type") }
        self.init(
            id: JobID(trusted: id), work: work, condition: condition, created: created, start: start, seconds: seconds)
        let began = try body.time("began")
        if let ended = try body.time("ended") {
            phase = .ended(try JobStatus(endIn: body), began: began, at: ended, reason: body["reason"]?.string)
        } else if let began {
            phase = .running(since: began)
        }
    }
}

extension DeviceJob {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("device")
        json.value(device.key)
        switch phase {
        case .pending: break
        case .running(let since):
            json.key("began")
            json.value(since.description)
        case .ended(let result, let began, let time):
            json.key("began")
            json.value(began.description)
            json.key("ended")
            json.value(time.description)
            result.writeMembers(to: &json)
        case .canceled(let time):
            json.key("canceled")
            json.value(time.description)
        }
        json.endObject()
    }

    init(record body: JSONValue) throws(RecordError) {
        guard let device = body["device"]?.string else { throw RecordError("device") }
        self.init(device: TwinID(trusted: device))
        if let canceled = try body.time("canceled") {
            phase = .canceled(at: canceled)
        } else if let began = try body.time("began") {
            if let ended = try body.time("ended") {
                phase = .ended(try DeviceJobResult(members: body), began: began, at: ended)
            } else {
                phase = .running(since: began)
            }
        }
    }
}

extension DeviceJobResult {
    /// Nothing for a twin that was updated; else `answer` or `error`.
    func writeMembers(to json: inout JSONWriter) {
        switch self {
        case .twinUpdated: break
        case .answered(let status, let payload):
            json.key("answer")
            json.beginObject()
            json.key("status")
            json.value(status)
            if !payload.isEmpty {
                json.key("payload")
                json.raw(payload)
            }
            json.endObject()
        case .failed(let code, let description):
            json.key("error")
            json.beginObject()
            json.key("code")
            json.value(code)
            json.key("description")
            json.value(description)
            json.endObject()
        }
    }

    init(members body: JSONValue) throws(RecordError) {
        if let answer = body["answer"] {
            guard let status = answer["status"]?.int.flatMap(Int.init(exactly:)) else { throw RecordError("answer") }
            self = .answered(status: status, payload: answer["payload"].map { Array($0.raw) } ?? [])
        } else if let error = body["error"] {
            guard let code = error["code"]?.string, let text = error["description"]?.string else {
                throw RecordError("error")
            }
            self = .failed(code: code, description: text)
        } else {
            self = .twinUpdated
        }
    }
}
