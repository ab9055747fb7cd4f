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
            try call.services.room(MethodCalls.self, make: MethodCalls.init).begin(invocation, for: id, call)
            return .later
        } catch {
            // Everything that methods are refused with has one form; only an unknown device keeps the registry's.
            guard error.code != .deviceNotFound else { throw error }
            throw HubError(error.code, error.text, envelope: .nested, info: error.info)
        }
    }
}
