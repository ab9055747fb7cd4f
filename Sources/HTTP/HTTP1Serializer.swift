import Vocabulary

/// Writes answers as HTTP/1.1, with the fields that the real hub sends on every one (rest.md section 1.3).
public enum HTTP1Serializer {
    /// What an answer depends on besides itself.
    public struct Context {
        /// The Date field's value, which the caller makes once a second.
        public var date: [UInt8]
        /// Whether the request was a HEAD: everything but the body.
        public var isHead = false
        /// Whether the connection stays open; `HTTPResponse.closes` closes it as well.
        public var keepsAlive = true
        /// Set where the body is gzip-coded already.
        public var isGzip = false

        public init(date: [UInt8]) { self.date = date }
    }

    /// Appends a whole answer.
    public static func append(_ response: HTTPResponse, _ context: Context, to output: inout [UInt8]) {
        output.reserveCapacity(output.count + 384 + response.body.count)
        // A body-less success has Content-Length: 0, 204 included (rest.md section 1.3).
        appendHead(response, length: response.body.count, context, to: &output)
        if !context.isHead { output.append(contentsOf: response.body) }
    }

    /// Appends the head of an answer whose body of this length follows as it is.
    public static func appendHead(
        _ response: HTTPResponse, length: Int, _ context: Context, to output: inout [UInt8]
    ) {
        appendStatus(response, context, to: &output)
        output.append("Content-Length: ")
        output.append(decimal: length)
        appendFields(response, context, to: &output)
    }

    /// Appends the head of an answer whose body follows in chunks.
    public static func appendStreamHead(_ response: HTTPResponse, _ context: Context, to output: inout [UInt8]) {
        appendStatus(response, context, to: &output)
        output.append("Transfer-Encoding: chunked")
        appendFields(response, context, to: &output)
    }

    /// Appends one chunk; nothing where the piece is empty, since an empty chunk ends the body.
    public static func appendChunk(_ piece: [UInt8], to output: inout [UInt8]) {
        guard !piece.isEmpty else { return }
        output.append(String(piece.count, radix: 16))
        output.append("\r\n")
        output.append(contentsOf: piece)
        output.append("\r\n")
    }

    public static let lastChunk: StaticString = "0\r\n\r\n"

    public static let continueHead: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    private static func appendStatus(_ response: HTTPResponse, _ context: Context, to output: inout [UInt8]) {
        output.append("HTTP/1.1 ")
        output.append(decimal: response.status)
        output.append(UInt8(ascii: " "))
        output.append(reason(response.status))
        output.append("\r\n")
    }

    /// Everything behind the framing field, up to and with the empty line.
    private static func appendFields(_ response: HTTPResponse, _ context: Context, to output: inout [UInt8]) {
        if let type = response.contentType {
            output.append("\r\nContent-Type: ")
            output.append(type.literal)
        }
        if context.isGzip { output.append("\r\nContent-Encoding: gzip") }
        for field in response.fields {
            output.append("\r\n")
            switch field.name {
            case .literal(let name): output.append(name)
            case .made(let name): output.append(name)
            }
            output.append(": ")
            appendValue(field.value, to: &output)
        }
        output.append("\r\nDate: ")
        output.append(contentsOf: context.date)
        output.append("\r\nServer: Microsoft-HTTPAPI/2.0\r\nVary: Origin")
        if context.isGzip { output.append(", Accept-Encoding") }
        if let id = response.requestID {
            output.append("\r\nx-ms-request-id: ")
            id.appendDashed(to: &output)
        }
        output.append(response.closes || !context.keepsAlive ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
    }

    /// A value never ends its line early, whatever it was made of.
    private static func appendValue(_ value: String, to output: inout [UInt8]) {
        for byte in value.utf8 { output.append(HTTPCharacters.isFieldValue(byte) ? byte : UInt8(ascii: " ")) }
    }

    /// The standard reason phrases (RFC 9110 section 15), which some clients show to people.
    static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 207: "Multi-Status"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Unknown"
        }
    }
}
