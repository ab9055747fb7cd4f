import Vocabulary
public enum HTTPMethod: Sendable { case get, head, post, put, patch, delete, options, other; public var name: String { "\(self)".uppercased() } }
public struct HTTPHeaders { public subscript(_ n: StaticString) -> UnsafeRawBufferPointer? { nil }; public func string(_ n: StaticString) -> String? { nil } }
public struct HTTPRequest { public let method: HTTPMethod; public let path: UnsafeRawBufferPointer; public let query: UnsafeRawBufferPointer; public let body: UnsafeRawBufferPointer; public let headers: HTTPHeaders; public func queryParameter(_ n: String) -> String? { nil } }
public struct HTTPField: Sendable { public init(_ name: StaticString, _ value: String) {} }
public struct HTTPContentType: Sendable, ExpressibleByStringLiteral { public init(stringLiteral: StaticString) {}; public static let json: HTTPContentType = "application/json; charset=utf-8" }
public struct HTTPResponse: Sendable { public var status: Int; public var contentType: HTTPContentType?; public var fields: [HTTPField] = []; public var body: [UInt8] = []; public var closes = false; public var requestID: RequestID?; public init(status: Int) { self.status = status } }
public struct HTTPLimits: Sendable { public init() {}; public var headBytes = 0, headerFields = 0, targetBytes = 0, headMilliseconds = 0, bodyPauseMilliseconds = 0, keepAliveMilliseconds = 0 }
