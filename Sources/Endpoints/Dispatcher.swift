import Access
import HTTP
import Hub
import Vocabulary

/// Takes a request to its handler: route, api-version, authorisation, then the call. Every refusal on the way is an
/// error body of the hub's own form.
public struct Dispatcher: Sendable {
    public let table: RouteTable

    public init(_ table: RouteTable) { self.table = table }

    /// What becomes of a body behind a head, known before the body is read.
    public enum Intake {
        /// It is collected, up to so many bytes.
        case whole(limit: Int)
        /// It goes to the sink that ``open(_:from:on:through:)`` gives.
        case streamed
    }

    /// Whether a body of this length is collected whatever operation it is for, so that nobody need look for that.
    public func collects(_ length: Int) -> Bool { length <= table.smallestBodyLimit }

    public func intake(_ method: HTTPMethod, path: UnsafeRawBufferPointer) -> Intake {
        guard case .route(let route, _) = table.match(method, path: path) else {
            return .whole(limit: BodyLimit.ordinary)
        }
        switch route.intake {
        case .whole(let limit, _): return .whole(limit: limit)
        case .streamed: return .streamed
        }
    }

    /// The sink for the body of a request that is known by its head only. Runs on the connection's shard.
    public func open(
        _ request: HTTPRequest, from peer: any Peer, on services: ShardServices, through responder: any Responder
    ) -> any BodySink {
        let requestID = services.requestID()
        do throws(HubError) {
            let call = try call(request, requestID, peer, services, responder)
            guard case .streamed(let open) = call.route.intake else {
                throw HubError(.serverError, "This operation takes its body whole.")
            }
            return try open(call)
        } catch {
            return RefusedBody(refusal(error, request, requestID, services))
        }
    }

    /// Answers a whole request, or leaves it to the responder. Runs on the connection's shard.
    public func answer(
        _ request: HTTPRequest, from peer: any Peer, on services: ShardServices, through responder: any Responder
    )
        -> Answer
    {
        let requestID = services.requestID()
        responder.requestID = requestID
        do throws(HubError) {
            let call = try call(request, requestID, peer, services, responder)
            return try answer(call)
        } catch {
            return .now(refusal(error, request, requestID, services))
        }
    }

    private func answer(_ call: Call) throws(HubError) -> Answer {
        switch call.route.intake {
        case .whole(_, let handler): return try handler(call)
        case .streamed(let open):
            let sink = try open(call)
            guard call.request.body.count <= sink.limit else {
                sink.abandon()
                return .now(sink.tooLarge())
            }
            // Whole already: there is nothing that a pause could hold back.
            if !call.request.body.isEmpty { _ = sink.take(call.request.body) }
            return sink.finish()
        }
    }

    private func call(
        _ request: HTTPRequest, _ requestID: RequestID, _ peer: any Peer, _ services: ShardServices,
        _ responder: any Responder
    ) throws(HubError) -> Call {
        switch table.match(request.method, path: request.path) {
        case .notFound where request.method == .options && request.path.elementsEqual("*".utf8):
            throw HubError(.genericMethodNotAllowed, "The server as a whole takes no method but OPTIONS.")
        case .notFound:
            throw HubError(.genericNotFound, "There is nothing at this path.")
        case .methodNotAllowed:
            throw HubError(.genericMethodNotAllowed, "This path does not take that method.")
        case .route(let route, let captures):
            let version = try apiVersion(request, route)
            guard
                let principal = services.authorizer.authorize(
                    request, route.requirement, captures, peer, hub: services.hub)
            else { throw route.unauthorized }
            if let throttle = services.throttle, let operation = ThrottledOperation(route: route.operation) {
                try throttle.charge(operation, bytes: request.body.count)
            }
            return Call(
                request: request, route: route, captures: captures, principal: principal, requestID: requestID,
                apiVersion: version, services: services, responder: responder)
        }
    }

    /// Needed on the hub's own paths, optional on TwinHub's.
    private func apiVersion(_ request: HTTPRequest, _ route: Route) throws(HubError) -> APIVersion {
        let text = request.queryParameter("api-version")
        if text == nil, route.isTwinHubsOwn { return .none }
        return try APIVersion(text)
    }

    private func refusal(
        _ error: HubError, _ request: HTTPRequest, _ requestID: RequestID, _ services: ShardServices
    ) -> HTTPResponse {
        guard error.code == .genericMethodNotAllowed else {
            return ErrorBody.response(error, requestID: requestID, at: services.environment.now())
        }
        // `*` asks about the server as a whole (RFC 9110 section 9.3.7).
        var methods = HTTPMethod.allCases
        if case .methodNotAllowed(let allowed) = table.match(request.method, path: request.path) { methods = allowed }
        let allow = HTTPField("allow", methods.map(\.name).joined(separator: ", "))
        if request.method == .options {
            var response = HTTPResponse(status: 204)
            response.fields.append(allow)
            response.requestID = requestID
            return response
        }
        var response = ErrorBody.response(error, requestID: requestID, at: services.environment.now())
        response.fields.append(allow)
        return response
    }
}

extension Route {
    /// The real hub says no more to a stranger, and the same to one who lacks a permission (rest.md section 2.4); a
    /// module's identity has its own form of it (section 4.4).
    fileprivate var unauthorized: HubError {
        pattern == "/devices/{device}/modules/{module}"
            ? HubError(.iotHubUnauthorizedAccess, "Unauthorized access", envelope: .nested)
            : HubError(.iotHubUnauthorizedAccess, "Unauthorized")
    }

    /// Whether this is one of TwinHub's own paths, which the real hub does not have.
    public var isTwinHubsOwn: Bool {
        pattern.hasPrefix("/emulator") || pattern.hasPrefix("/health") || pattern == "/metrics"
    }
}

/// Who is at the other end of the connection.
public protocol Peer: AnyObject {
    /// The client's certificates in DER, its own first; empty where it gave none.
    var certificates: [[UInt8]] { get }
    /// The TLS cipher suite of the connection, as OpenSSL names it; nil for one without TLS.
    var cipher: String? { get }
}
