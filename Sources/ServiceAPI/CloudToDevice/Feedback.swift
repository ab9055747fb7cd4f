import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// What became of messages whose senders wanted to know (rest.md section 15).
enum Feedback {
    static let routes: [Route] = [
        Route(
            .get, "/messages/serviceBound/feedback", "CloudToDeviceMessages_ReceiveFeedbackNotification",
            .anyOf(.serviceConnect), receive),
        Route(
            .delete, "/messages/serviceBound/feedback/{lock}", "CloudToDeviceMessages_CompleteFeedbackNotification",
            .anyOf(.serviceConnect), complete),
        Route(
            .post, "/messages/serviceBound/feedback/{lock}/abandon",
            "CloudToDeviceMessages_AbandonFeedbackNotification", .anyOf(.serviceConnect), abandon),
    ]

    /// 200 with a batch and its lock token in `ETag`; 204 where there is none.
    private static func receive(_ call: Call) throws(HubError) -> Answer {
        call.submit(.lockFeedback(seconds: call.hub.limits.messageLockSeconds)) { (outcome) throws(HubError) in
            switch outcome {
            case .feedback(.none): return HTTPResponse(status: 204)
            case .feedback(.some(let batch)):
                var response = HTTPResponse(status: 200)
                response.contentType = "application/vnd.microsoft.iothub.feedback.json"
                response.fields.append(HTTPField("ETag", "\"\(batch.lock.token)\""))
                response.body = document(batch)
                return response
            case .refused(let error): throw error
            default: throw HubError(.serverError, "There is no feedback to show.")
            }
        }
    }

    private static func document(_ batch: FeedbackBatch) -> [UInt8] {
        var json = JSONWriter()
        json.beginArray()
        for record in batch.records {
            json.beginObject()
            json.key("originalMessageId")
            json.value(record.originalMessageID)
            json.key("enqueuedTimeUtc")
            json.value(record.time.description)
            json.key("statusCode")
            json.value(record.fate.statusCode)
            json.key("description")
            json.value(record.fate.statusCode)
            json.key("deviceId")
            json.value(record.device.device)
            if let module = record.device.module {
                json.key("moduleId")
                json.value(module)
            }
            json.key("deviceGenerationId")
            json.value(String(record.deviceGeneration))
            json.endObject()
        }
        json.endArray()
        return json.bytes
    }

    private static func complete(_ call: Call) throws(HubError) -> Answer { settle(call, isDone: true) }

    private static func abandon(_ call: Call) throws(HubError) -> Answer { settle(call, isDone: false) }

    private static func settle(_ call: Call, isDone: Bool) -> Answer {
        call.submit(.settleFeedback(lock: call.captures["lock"] ?? "", isDone: isDone), then: Devices.emptyAnswer)
    }
}
