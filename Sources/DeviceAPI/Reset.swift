import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Back to the beginning, between two tests.
enum Reset {
    static let routes: [Route] = [
        Route(.post, "/emulator/reset", "Emulator_Reset", .anyOf(.serviceConnect), reset)
    ]

    /// `{"to":"empty"|"seed"}`, `seed` where nothing is said. 204 when it is durable; every wait for a twin that is gone has
    /// ended by then or is about to.
    private static func reset(_ call: Call) throws(HubError) -> Answer {
        var target = ResetTarget.seed
        if !call.request.body.isEmpty {
            let body = try call.json().root
            guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
            if let value = body["to"] {
                guard let known = value.string.flatMap(ResetTarget.init) else {
                    throw HubError(.argumentInvalid, "'to' is empty or seed.")
                }
                target = known
            }
        }
        return call.submit(.reset(target)) { (outcome) throws(HubError) in
            if case .refused(let error) = outcome { throw error }
            return HTTPResponse(status: 204)
        }
    }
}
