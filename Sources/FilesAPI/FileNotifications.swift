import Blobs
import Endpoints
import HTTP
import JSON
import Vocabulary

/// What back ends are told about files that have arrived. The real hub sends it over AMQP only, from
/// `/messages/serviceBound/filenotifications`.
struct FileNotifications: Sendable {
    let account: StorageAccount

    var routes: [Route] {
        [
            Route(
                .get, "/emulator/files/notifications", "Emulator_GetFileNotifications", .anyOf(.serviceConnect), list)
        ]
    }

    /// The most that one answer holds.
    static let maximumListed = 1000

    /// `{"notifications":[{"sequence","notification":{…}}],"next":SEQ}`: those behind `after`, in order. `next` is what
    /// to ask with next.
    private func list(_ call: Call) throws(HubError) -> Answer {
        let text = call.parameter("after") ?? "0"
        guard let after = UInt64(text) else { throw HubError(.argumentInvalid, "'after' is a sequence number.") }
        let (responder, requestID) = (call.responder, call.requestID)
        let answer = call.services.returning { (notifications: [FileNotification]) in
            var json = JSONWriter()
            json.beginObject()
            json.key("notifications")
            json.beginArray()
            for notification in notifications {
                json.beginObject()
                json.key("sequence")
                json.value(notification.sequence)
                json.key("notification")
                notification.writeJSON(to: &json)
                json.endObject()
            }
            json.endArray()
            json.key("next")
            json.value(notifications.last?.sequence ?? after)
            json.endObject()
            var response = HTTPResponse(status: 200)
            response.contentType = .json
            response.body = json.bytes
            response.requestID = requestID
            responder.respond(response)
        }
        account.notifications(after: after, limit: Self.maximumListed, then: answer)
        return .later
    }
}
