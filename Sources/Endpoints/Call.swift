import Access
import HTTP
import Hub
import JSON
import Vocabulary

/// One request on its way through the API. Its views are valid until the handler returns.
public struct Call {
    public let request: HTTPRequest
    public let route: Route
    public let captures: PathCaptures
    /// Who asks; authorised for the route.
    public let principal: Principal
    public let requestID: RequestID
    /// As given; empty where TwinHub's own paths come without one.
    public let apiVersion: APIVersion
    public let services: ShardServices
    public let responder: any Responder

    public init(
        request: HTTPRequest, route: Route, captures: PathCaptures, principal: Principal, requestID: RequestID,
        apiVersion: APIVersion, services: ShardServices, responder: any Responder
    ) {
        self.request = request
        self.route = route
        self.captures = captures
        self.principal = principal
        self.requestID = requestID
        self.apiVersion = apiVersion
        self.services = services
        self.responder = responder
    }

    public var hub: Hub { services.hub }

    /// The device or module that the path names.
    public func twinID() throws(HubError) -> TwinID { try captures.twinID() }

    /// The published entity that the path names, looked up without making a `String`.
    public func entity() -> Entity? { captures.withKey { hub.entity(key: $0) } }

    /// A query parameter, percent-decoded; its name compares without case. Nil where absent.
    public func parameter(_ name: String) -> String? { request.queryParameter(name) }

    public func header(_ name: StaticString) -> String? { request.headers.string(name) }

    public var precondition: Precondition { Precondition(header: header("if-match")) }

    /// The body as JSON: `ArgumentNull` where there is none, `IotHubFormatError` where it is malformed (rest.md section
    /// 4.4).
    public func json() throws(HubError) -> JSONDocument {
        guard !request.body.isEmpty else { throw HubError(.argumentNull, "BadRequest") }
        do {
            return try JSONDocument(parsing: Array(request.body))
        } catch {
            throw HubError(.iotHubFormatError, "The body is not valid JSON: \(error)")
        }
    }

    public var origin: Origin {
        Origin(principal: principal.description, requestID: requestID, apiVersion: apiVersion.text, transport: "http")
    }

    /// Hands a command to the hub and answers with what becomes of it.
    public func submit(_ command: Command, then answer: @escaping (Outcome) throws(HubError) -> HTTPResponse) -> Answer
    {
        let reply = Reply(self)
        services.submit(command, origin: origin) { outcome in
            reply.give { () throws(HubError) in try answer(outcome) }
        }
        return .later
    }
}
