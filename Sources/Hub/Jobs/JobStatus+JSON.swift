import JSON

// How a job ended, in the log: members `status` and, where there is one, `reason`.
extension JobStatus {
    func writeMembers(reason: String?, to json: inout JSONWriter) {
        json.key("status")
        json.value(rawValue)
        if let reason {
            json.key("reason")
            json.value(reason)
        }
    }

    init(endIn body: JSONValue) throws(RecordError) {
        guard let status = body["status"]?.string.flatMap(JobStatus.init(rawValue:)), status.isFinal else {
            throw RecordError("status")
        }
        self = status
    }
}
