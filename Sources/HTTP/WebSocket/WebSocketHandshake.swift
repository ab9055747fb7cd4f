import COpenSSL
import Vocabulary

/// The opening handshake as a server answers it (RFC 6455 section 4.2).
public struct WebSocketHandshake: Sendable {
    /// Behind the key in what is hashed (section 1.3).
    private static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    private let accept: String
    private let subprotocol: StaticString

    /// Why a request does not open a WebSocket.
    public enum Refusal: Error, Hashable, Sendable {
        /// It does not ask for one, or asks in a wrong form; the reason.
        case badRequest(String)
        /// Another version than 13: 426, naming it.
        case version
        /// None of the subprotocols that it offers is spoken here.
        case subprotocol(offered: [String])
    }

    /// - Parameter subprotocol: the one that is spoken; of what the client offers exactly this is chosen.
    public init(_ request: HTTPRequest, subprotocol: StaticString) throws(Refusal) {
        guard request.method == .get else { throw .badRequest("A WebSocket is opened by GET.") }
        // HTTP/1.0 has no Upgrade: RFC 6455 section 4.2.1, RFC 9110 section 7.8.
        guard !request.isHTTP10 else { throw .badRequest("A WebSocket is opened in HTTP/1.1.") }
        let headers = request.headers
        guard Self.tokens(headers.joined("upgrade")).contains("websocket"),
            Self.tokens(headers.joined("connection")).contains("upgrade")
        else { throw .badRequest("This path is for WebSockets: Upgrade and Connection do not ask for one.") }
        // Joined, so that a field that stands twice is none of them (section 11.3).
        guard headers.joined("sec-websocket-version") == "13" else { throw .version }
        guard let key = headers.joined("sec-websocket-key"), Base64.decode(key)?.count == 16 else {
            throw .badRequest("Sec-WebSocket-Key is not 16 bytes in base64.")
        }
        let offered = Self.list(headers.joined("sec-websocket-protocol"))
        guard offered.contains(where: { $0 == subprotocol.description }) else { throw .subprotocol(offered: offered) }
        self.subprotocol = subprotocol
        accept = Self.accept(key)
    }

    /// `Sec-WebSocket-Accept` for a key.
    static func accept(_ key: String) -> String {
        var digest = [UInt8](repeating: 0, count: 20)
        let text = Array((key + suffix).utf8)
        var length: UInt32 = 0
        EVP_Digest(text, text.count, &digest, &length, EVP_sha1(), nil)
        return Base64.encode(digest)
    }

    /// The answer that opens it. No extension is ever offered.
    public func appendAnswer(to output: inout [UInt8]) {
        output.append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
        output.append("Sec-WebSocket-Accept: ")
        output.append(accept)
        output.append("\r\nSec-WebSocket-Protocol: ")
        output.append(subprotocol)
        output.append("\r\n\r\n")
    }

    private static func list(_ value: String?) -> [String] {
        value?.split(separator: ",").map { part in
            var part = part.drop { $0 == " " || $0 == "\t" }
            while let last = part.last, last == " " || last == "\t" { part.removeLast() }
            return String(part)
        } ?? []
    }

    private static func tokens(_ value: String?) -> [String] { list(value).map { $0.lowercased() } }
}
