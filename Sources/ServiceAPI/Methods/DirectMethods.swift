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
        try call.invoke({ () throws(HubError) in try MethodInvocation(try call.json().root) }, answer)
    }

    /// 200 `{"status":…,"payload":…}`; the payload always stands there (rest.md section 10).
    private static func answer(_ answer: MethodCall.Answer) -> HTTPResponse {
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

extension Call {
    /// Has the device that the path names run what is read here, and answers with what it says, in the caller's form.
    func invoke(
        _ read: () throws(HubError) -> MethodInvocation, _ form: @escaping (MethodCall.Answer) -> HTTPResponse
    ) throws(HubError) -> Answer {
        do throws(HubError) {
            let id = try twinID()
            let invocation = try read()
            guard entity() != nil else { throw .deviceNotFound(id) }
            let (responder, reply) = (responder, Reply(self))
            responder.listener = try services.room(MethodCalls.self, make: MethodCalls.init).begin(
                invocation, for: id
            ) { result in
                responder.listener = nil
                reply.give { () throws(HubError) in form(try result.get()) }
            }
            return .later
        } catch {
            // Everything that methods are refused with has one form; only an unknown device keeps the registry's.
            guard error.code != .deviceNotFound else { throw error }
            throw HubError(error.code, error.text, envelope: .nested, info: error.info)
        }
    }
}
