import Access
import HTTP
import Hub
import Vocabulary

/// Takes a request to its handler: route, api-version, authorisation, then the call. Every refusal on the way is an
/// error body of the hub's own form.
public struct Dispatcher: Sendable {
    public let table: RouteTable

    public init(_ table: RouteTable) { self.table = table }

    /// The largest body that a request with this head may carry, known before the body is read.
    public func bodyLimit(_ method: HTTPMethod, path: UnsafeRawBufferPointer) -> Int {
        guard case .route(let route, _) = table.match(method, path: path) else { return BodyLimit.ordinary }
        return route.bodyLimit
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
            return try call.route.handler(call)
        } catch {
            return .now(refusal(error, request, requestID, services))
        }
    }

    private func call(
        _ request: HTTPRequest, _ requestID: RequestID, _ peer: any Peer, _ services: ShardServices,
        _ responder: any Responder
    ) throws(HubError) -> Call {
        switch table.match(request.method, path: request.path) {
        case .notFound:
            throw HubError(.genericNotFound, "There is nothing at this path.")
        case .methodNotAllowed:
            throw HubError(.genericMethodNotAllowed, "This path does not take that method.")
        case .route(let route, let captures):
            let version = try apiVersion(request, route)
            let principal = try services.authorizer.authorize(
                request, route.requirement, captures, peer, hub: services.hub)
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
        guard error.code == .genericMethodNotAllowed,
            case .methodNotAllowed(let methods) = table.match(request.method, path: request.path)
        else { return ErrorBody.response(error, requestID: requestID, at: services.environment.now()) }
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
    /// Whether this is one of TwinHub's own paths, which the real hub does not have.
    public var isTwinHubsOwn: Bool {
        pattern.hasPrefix("/emulator") || pattern.hasPrefix("/health") || pattern == "/metrics"
    }
}

/// Who is at the other end of the connection.
public protocol Peer: AnyObject {
    /// The client's certificates in DER, its own first; empty where it gave none.
    var certificates: [[UInt8]] { get }
}
