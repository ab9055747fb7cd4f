import Access
import HTTP
import Vocabulary

/// One operation of the API: a row of the route table.
public struct Route: Sendable {
    public let method: HTTPMethod
    /// `/twins/{device}/modules/{module}`: literals match without case, `{…}` captures one segment, and
    /// `{name...}` at the end captures the whole rest, slashes and all.
    public let pattern: String
    /// The operation's name, as Microsoft's OpenAPI document has it where it is there.
    public let operation: String
    public let requirement: Requirement
    public let intake: Intake

    /// How a request's body reaches the operation.
    public enum Intake: Sendable {
        /// Whole and in memory, with at most so many bytes.
        case whole(limit: Int, Handler)
        /// Piece by piece, into the sink that the call opens.
        case streamed(Opener)
    }

    /// Answers a call: at once, or later through the call's responder. Runs on the connection's shard and must not block.
    public typealias Handler = @Sendable (Call) throws(HubError) -> Answer

    /// Opens the sink for a call's body, which the call does not have yet. Runs on the connection's shard and must not
    /// block.
    public typealias Opener = @Sendable (Call) throws(HubError) -> any BodySink

    public init(
        _ method: HTTPMethod, _ pattern: String, _ operation: String, _ requirement: Requirement,
        bodyLimit: Int = BodyLimit.ordinary, _ handler: @escaping Handler
    ) {
        self.init(method, pattern, operation, requirement, .whole(limit: bodyLimit, handler))
    }

    /// An operation whose body is taken as it arrives.
    public static func streamed(
        _ method: HTTPMethod, _ pattern: String, _ operation: String, _ requirement: Requirement,
        _ open: @escaping Opener
    ) -> Route {
        Route(method, pattern, operation, requirement, .streamed(open))
    }

    private init(
        _ method: HTTPMethod, _ pattern: String, _ operation: String, _ requirement: Requirement, _ intake: Intake
    ) {
        self.method = method
        self.pattern = pattern
        self.operation = operation
        self.requirement = requirement
        self.intake = intake
    }
}

/// Bounds on request bodies.
public enum BodyLimit {
    public static let ordinary = 1 << 20
    public static let bulk = 8 << 20
    /// What is read of a body that is refused, so that the client sees why.
    public static let refused = 256 << 20
}

/// Who may call an operation.
public enum Requirement: Sendable {
    /// Everybody, without a token.
    case open
    /// A policy with any of these permissions.
    case anyOf(Permissions)
    /// A policy with all of these permissions.
    case allOf(Permissions)
    /// The device or module that the path names, or a policy with DeviceConnect whose token covers the path.
    case device
    /// As `device`; a policy with ServiceConnect may do it too (TwinHub's own device paths).
    case deviceOrService
    /// A policy with RegistryRead, or the device that the path names reading one of its modules (auth.md section 7).
    case moduleIdentityRead
}

/// What a handler says.
public enum Answer {
    case now(HTTPResponse)
    /// The handler has kept the call's responder and answers through it.
    case later
}
