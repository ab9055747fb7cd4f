import Vocabulary

/// A header field of an answer.
public struct HTTPField: Sendable {
    /// A literal, or one that a client has chosen a part of.
    enum Name: Sendable {
        case literal(StaticString)
        case made(String)
    }

    let name: Name
    public let value: String

    public init(_ name: StaticString, _ value: String) {
        self.name = .literal(name)
        self.value = value
    }

    /// A name that begins with a literal; what no name may hold is percent-encoded.
    public init(_ prefix: StaticString, followedBy rest: String, _ value: String) {
        let isName = rest.utf8.allSatisfy { HTTPCharacters.isToken[Int($0)] }
        name = .made("\(prefix)\(isName ? rest : PercentCoding.encode(rest))")
        self.value = value
    }
}

/// A body's media type, a literal.
public struct HTTPContentType: Sendable, ExpressibleByStringLiteral {
    public let literal: StaticString
    public init(stringLiteral literal: StaticString) { self.literal = literal }

    public static let json: HTTPContentType = "application/json; charset=utf-8"
    public static let eventStream: HTTPContentType = "text/event-stream"
}

/// An answer with its whole body, or the head of one whose body is streamed.
public struct HTTPResponse: Sendable {
    public var status: Int
    /// Left out where there is no body.
    public var contentType: HTTPContentType?
    public var fields: [HTTPField] = []
    /// Shared with whoever else holds the array, never copied on the way to the socket's buffer.
    public var body: [UInt8] = []
    /// Whether the connection is closed behind it.
    public var closes = false
    /// Shown as `x-ms-request-id`.
    public var requestID: RequestID?

    public init(status: Int) { self.status = status }
}
