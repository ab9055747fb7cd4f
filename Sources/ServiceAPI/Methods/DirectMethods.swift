import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Direct methods: a request to a device that is online, and its answer (rest.md section 10).
enum DirectMethods {
    static let routes: [Route] = [
        Route(.post, "/twins/{device}/methods", "Devices_InvokeMethod", .anyOf(.serviceConnect), invoke),
        Route(
            .post, "/twins/{device}/modules/{module}/methods", "Modules_InvokeMethod", .anyOf(.serviceConnect), invoke),
    ]

    private static func invoke(_ call: Call) throws(HubError) -> Answer {
        do throws(HubError) {
            let id = try call.twinID()
            let invocation = try MethodInvocation(try call.json().root)
            guard call.entity() != nil else { throw .deviceNotFound(id) }
            let (responder, reply) = (call.responder, Reply(call))
            responder.listener = try call.services.room(MethodCalls.self, make: MethodCalls.init).begin(
                invocation, for: id
            ) { result in
                responder.listener = nil
                reply.give { () throws(HubError) in answer(try result.get()) }
            }
            return .later
        } catch {
            // Everything that methods are refused with has one form; only an unknown device keeps the registry's.
            guard error.code != .deviceNotFound else { throw error }
            throw HubError(error.code, error.text, envelope: .nested, info: error.info)
        }
    }

    /// 200 `{"status":…,"payload":…}`; the payload always stands there (rest.md section 10).
    private static func answer(_ answer: (status: Int, payload: [UInt8])) -> HTTPResponse {
        var json = JSONWriter()
        json.beginObject()
        json.key("status")
        json.value(answer.status)
        json.key("payload")
        if answer.payload.isEmpty { json.null() } else { json.raw(answer.payload) }
        json.endObject()
        return .json(json.bytes)
    }
}
