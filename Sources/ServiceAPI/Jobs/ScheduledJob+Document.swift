import Hub
import JSON
import Vocabulary

extension ScheduledJob {
    /// The job as back ends see it (rest.md section 12); members that are null are left out.
    func writeDocument(to json: inout JSONWriter) {
        json.beginObject()
        json.key("jobId")
        json.value(id.description)
        json.key("queryCondition")
        json.value(condition)
        json.key("createdTime")
        json.value(created.description)
        json.key("startTime")
        json.value((began ?? start).description)
        if let ended {
            json.key("endTime")
            json.value(ended.description)
        }
        json.key("maxExecutionTimeInSeconds")
        json.value(seconds)
        work.writeMembers(to: &json)
        json.key("status")
        json.value(status.rawValue)
        if let failure {
            json.key("failureReason")
            json.value(failure)
            json.key("statusMessage")
            json.value(failure)
        }
        if began != nil {
            json.key("deviceJobStatistics")
            json.beginObject()
            json.key("deviceCount")
            json.value(devices.count)
            json.key("failedCount")
            // Those whose turn never came did not succeed either, so that the four add up.
            json.value(devices.count(.failed) + devices.count(.canceled))
            json.key("succeededCount")
            json.value(devices.count(.completed))
            json.key("runningCount")
            json.value(devices.count(.running))
            json.key("pendingCount")
            json.value(devices.count(.pending))
            json.endObject()
        }
        json.endObject()
    }

    /// What a PUT is answered with.
    func writeReceipt(to json: inout JSONWriter) {
        json.beginObject()
        json.key("jobId")
        json.value(id.description)
        json.key("type")
        json.value(work.kind.rawValue)
        json.key("status")
        json.value(status.rawValue)
        json.endObject()
    }
}
