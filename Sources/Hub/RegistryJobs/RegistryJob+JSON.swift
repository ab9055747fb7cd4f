import JSON
import Vocabulary

// Imports and exports as the log and snapshots keep them.

extension RegistryJob {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("jobId")
        json.value(id.description)
        json.key("type")
        json.value(draft.kindName)
        draft.writeMembers(to: &json, showsInput: true)
        json.key("created")
        json.value(created.description)
        switch phase {
        case .enqueued: break
        case .running(let since):
            json.key("began")
            json.value(since.description)
        case .ended(let status, let time, let reason):
            json.key("status")
            json.value(status.rawValue)
            json.key("ended")
            json.value(time.description)
            if let reason {
                json.key("reason")
                json.value(reason)
            }
        }
        lines.writeMembers(to: &json)
        if !errors.isEmpty {
            json.key("errors")
            json.beginArray()
            for error in errors { error.write(to: &json) }
            json.endArray()
            json.key("moreErrors")
            json.value(moreErrors)
        }
        json.endObject()
    }

    init(record body: JSONValue) throws(RecordError) {
        func count(_ member: String) throws(RecordError) -> Int {
            guard let value = body[member] else { return 0 }
            guard let count = value.counter.flatMap(Int.init(exactly:)) else { throw RecordError(member) }
            return count
        }
        guard let id = body["jobId"]?.string, let created = try body.time("created") else { throw RecordError("job") }
        let draft: RegistryJobDraft
        do throws(HubError) { draft = try RegistryJobDraft(body) } catch { throw RecordError("type") }
        self.init(id: RegistryJobID(id), draft: draft, created: created)
        if let ended = try body.time("ended") {
            phase = .ended(try JobStatus(endIn: body), at: ended, reason: body["reason"]?.string)
        } else if let began = try body.time("began") {
            phase = .running(since: began)
        }
        lines = try Progress(members: body)
        if let errors = body["errors"] { self.errors = try ImportError.list(errors) }
        moreErrors = try count("moreErrors")
    }
}

extension RegistryJob.Progress {
    func writeMembers(to json: inout JSONWriter) {
        json.key("deviceLines")
        json.value(devices)
        json.key("configurationLines")
        json.value(configurations)
    }

    init(members body: JSONValue) throws(RecordError) {
        guard let devices = body["deviceLines"]?.counter.flatMap(Int.init(exactly:)),
            let configurations = body["configurationLines"]?.counter.flatMap(Int.init(exactly:))
        else { throw RecordError("lines") }
        self.init(devices: devices, configurations: configurations)
    }
}

extension ImportError {
    /// As a line of the import's log shows it, too.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        if let device {
            json.key("deviceId")
            json.value(device)
        }
        if let module {
            json.key("moduleId")
            json.value(module)
        }
        if let configuration {
            json.key("configurationId")
            json.value(configuration)
        }
        json.key("errorCode")
        json.value(code)
        json.key("errorStatus")
        json.value(text)
        json.endObject()
    }

    init(record body: JSONValue) throws(RecordError) {
        guard let text = body["errorStatus"]?.string, let code = body["errorCode"]?.int.flatMap(Int.init(exactly:))
        else {
            throw RecordError("errors")
        }
        self.init(
            device: body["deviceId"]?.string, module: body["moduleId"]?.string,
            configuration: body["configurationId"]?.string, code: code, text: text)
    }

    static func list(_ value: JSONValue?) throws(RecordError) -> [ImportError] {
        guard let value, value.kind == .array else { throw RecordError("errors") }
        var list: [ImportError] = []
        for element in value.elements { list.append(try ImportError(record: element)) }
        return list
    }
}
