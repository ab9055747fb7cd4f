import HTTP
import Vocabulary

/// How long a long poll waits (RFC 7240 section 4.3).
public enum Wait {
    public static let defaultSeconds = 30
    public static let maximumSeconds = 300
    /// Clients waiting on one shard.
    public static let maximumOnShard = 200_000
    /// How many of those who wait for one thing are answered before other connections get their turn.
    public static let slice = 512
    /// How often a quiet stream shows that it is alive.
    public static let commentSeconds = 15
    /// How often it is looked at whose wait is over.
    public static let sweepMilliseconds = 250

    /// What the request prefers, within bounds.
    public static func seconds(_ call: Call) -> Int {
        min(call.request.headers.preferredWait ?? defaultSeconds, maximumSeconds)
    }

    /// The wait is over and nothing has happened.
    public static func over(closes: Bool = false) -> HTTPResponse {
        var response = HTTPResponse(status: 204)
        response.closes = closes
        return response
    }

    /// The head of an event stream.
    public static let stream: HTTPResponse = {
        var head = HTTPResponse(status: 200)
        head.contentType = .eventStream
        head.fields.append(HTTPField("cache-control", "no-store"))
        return head
    }()
}

extension HubError {
    /// 410: what the client knows is not of this twin any more.
    public static func gone(_ text: String) -> HubError { HubError(ErrorCode(410000, "GenericGone"), text) }
}

extension Call {
    /// A query parameter that is a whole number; `ArgumentInvalid` where it is something else.
    public func number(_ name: String) throws(HubError) -> UInt64? {
        guard let text = parameter(name) else { return nil }
        guard let value = UInt64(text) else { throw HubError(.argumentInvalid, "'\(name)' is not a whole number.") }
        return value
    }
}
