import Endpoints
import HTTP
import Hub
import Reactor
import Vocabulary

extension Door {
    /// The sink for the body of a request that is known by its head only.
    func openSink(
        _ request: HTTPRequest, on shard: Shard, from peer: any Peer, through responder: any Responder
    ) -> any BodySink {
        guard let services = shard.context as? ShardServices else { return RefusedBody(answerWhileStarting(request)) }
        return dispatcher.open(request, from: peer, on: services, through: responder)
    }

    /// The answer to a request that cannot be taken as it stands.
    func refusal(_ failure: HTTPFailure, on shard: Shard) -> HTTPResponse {
        let id = (shard.context as? ShardServices)?.requestID() ?? RequestID(high: 0, low: 0)
        return ErrorBody.response(HubError(failure), requestID: id, at: shard.now)
    }

    /// What is answered before the log has been replayed: health, and 503 for the rest.
    func answerWhileStarting(_ request: HTTPRequest) -> HTTPResponse {
        guard case .route(let route, _) = dispatcher.table.match(request.method, path: request.path),
            case .open = route.requirement, route.operation.hasPrefix("Health")
        else {
            let error = HubError(.serviceUnavailable, readiness.obstacle ?? "starting")
            return ErrorBody.response(error, requestID: Environment.system.requestID(), at: Environment.system.now())
        }
        return health(route.operation)
    }

    private func health(_ operation: String) -> HTTPResponse {
        operation == "HealthLive" ? Operations.live() : Operations.ready(readiness)
    }
}

extension HubError {
    /// A request that was refused before it was understood, in the hub's own form.
    init(_ failure: HTTPFailure) {
        let code: ErrorCode =
            switch failure.status {
            case 408: ErrorCode(408000, "GenericRequestTimeout")
            case 413: .genericRequestEntityTooLarge
            case 414: ErrorCode(414000, "GenericRequestUriTooLong")
            case 415: .genericUnsupportedMediaType
            case 417: ErrorCode(417000, "GenericExpectationFailed")
            case 431: ErrorCode(431000, "GenericRequestHeaderFieldsTooLarge")
            case 501: .notImplemented
            case 503: .genericServiceUnavailable
            case 505: ErrorCode(505000, "GenericHttpVersionNotSupported")
            default: .genericBadRequest
            }
        self.init(code, failure.reason)
    }
}
