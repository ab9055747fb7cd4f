import HTTP
import Vocabulary

/// The answer to a call that is given later, on the call's shard.
public struct Reply {
    private let responder: any Responder
    private let requestID: RequestID
    private let services: ShardServices

    public init(_ call: Call) {
        responder = call.responder
        requestID = call.requestID
        services = call.services
    }

    /// Answers with what the body makes, or with the error that it throws.
    public func give(_ body: () throws(HubError) -> HTTPResponse) {
        do throws(HubError) {
            var response = try body()
            response.requestID = requestID
            responder.respond(response)
        } catch {
            responder.respond(ErrorBody.response(error, requestID: requestID, at: services.environment.now()))
        }
    }
}
