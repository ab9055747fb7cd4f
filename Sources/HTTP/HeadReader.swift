import Glibc

/// Reads one head whose end is known: request line, fields, and what they say about the body.
struct HeadReader {
    let bytes: UnsafeRawBufferPointer
    var position: Int
    /// Behind the last field's CRLF, where the empty line begins.
    let end: Int
    let limits: HTTPLimits
    let scratch: HTTP1Scratch

    private var fieldCount = 0
    private var hosts = 0
    private var contentLength: Int?
    private var isChunked = false
    private var hasTransferEncoding = false
    private var closes = false
    private var keepsAlive = false
    private var expectsContinue = false
    private var isGzip = false
    private var isHTTP10 = false

    init(bytes: UnsafeRawBufferPointer, position: Int, end: Int, limits: HTTPLimits, scratch: HTTP1Scratch) {
        self.bytes = bytes
        self.position = position
        self.end = end
        self.limits = limits
        self.scratch = scratch
    }

    /// Where the empty line begins that ends a head; nil where it has not arrived.
    static func end(of bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        // From one line's end to the next; the first one that an empty line follows is it.
        var index = start
        while index + 3 < bytes.count, let found = memchr(base + index + 1, 10, bytes.count - index - 3) {
            let newline = base.distance(to: found)
            if bytes[newline - 1] == 13, bytes[newline + 1] == 13, bytes[newline + 2] == 10 { return newline + 1 }
            index = newline
        }
        return nil
    }

    /// What can be refused before the head is whole. It begins at `start`; empty lines before it count to its length.
    static func refuseEarly(
        _ bytes: UnsafeRawBufferPointer, from start: Int, _ limits: HTTPLimits
    ) throws(HTTPFailure) {
        guard bytes.count <= limits.headBytes else {
            throw HTTPFailure(431, "The head is longer than \(limits.headBytes) bytes.")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: bytes[start...])
        let line = bytes.firstIndex(of: 10) ?? bytes.count
        guard
            bytes[..<min(line, bytes.count)].prefix(limits.methodBytes + 1).contains(UInt8(ascii: " "))
                || line <= limits.methodBytes
        else { throw HTTPFailure(400, "The method is longer than \(limits.methodBytes) bytes.") }
        guard line <= limits.methodBytes + limits.targetBytes + 16 else {
            throw HTTPFailure(414, "The target is longer than \(limits.targetBytes) bytes.")
        }
    }

    mutating func read() throws(HTTPFailure) -> HTTP1Parser.Head {
        guard end + 2 <= limits.headBytes else {
            throw HTTPFailure(431, "The head is longer than \(limits.headBytes) bytes.")
        }
        let method = try readMethod()
        let target = try readTarget()
        try readVersion()
        while position < end { try readField() }
        guard hosts == 1 || isHTTP10 && hosts == 0 else {
            throw HTTPFailure(400, "A request has exactly one Host field.")
        }
        let framing = try framing()
        let (path, query) = try split(target, method)
        return HTTP1Parser.Head(
            count: end + 2, method: method, path: path, query: query,
            headers: HTTPHeaders(
                bytes: bytes, fields: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(scratch.fields)[..<fieldCount])),
            framing: framing, keepsAlive: isHTTP10 ? keepsAlive && !closes : !closes, isHTTP10: isHTTP10,
            expectsContinue: expectsContinue && !isHTTP10, isGzip: isGzip)
    }

    // MARK: The request line

    private mutating func readMethod() throws(HTTPFailure) -> HTTPMethod {
        let start = position
        while position < end, HTTPCharacters.isToken[Int(bytes[position])] { position += 1 }
        guard position > start, position - start <= limits.methodBytes, bytes[position] == UInt8(ascii: " ") else {
            throw HTTPFailure(400, "The request does not begin with a method and a space.")
        }
        let method = HTTPMethod(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
        position += 1
        return method
    }

    private mutating func readTarget() throws(HTTPFailure) -> Range<Int> {
        let start = position
        while bytes[position] > 0x20, bytes[position] < 0x7F { position += 1 }
        let target = start..<position
        guard target.count <= limits.targetBytes else {
            throw HTTPFailure(414, "The target is longer than \(limits.targetBytes) bytes.")
        }
        guard !target.isEmpty, bytes[position] == UInt8(ascii: " ") else {
            throw HTTPFailure(400, "The request target is not followed by a space and a version.")
        }
        position += 1
        return target
    }

    private mutating func readVersion() throws(HTTPFailure) {
        guard let line = lineEnd() else { throw HTTPFailure(400, "The request line does not end in CRLF.") }
        guard line - position == 8, memcmp(bytes.baseAddress! + position, "HTTP/", 5) == 0,
            bytes[position + 6] == UInt8(ascii: ".")
        else {
            throw HTTPFailure(400, "The request line has no HTTP version.")
        }
        switch (bytes[position + 5], bytes[position + 7]) {
        case (UInt8(ascii: "1"), UInt8(ascii: "1")): isHTTP10 = false
        case (UInt8(ascii: "1"), UInt8(ascii: "0")): isHTTP10 = true
        default: throw HTTPFailure(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
        }
        position = line + 2
    }

    /// The CR of this line's CRLF; nil where a bare CR or LF comes first.
    private func lineEnd() -> Int? {
        var index = position
        while index < end {
            if bytes[index] == 13 { return bytes[index + 1] == 10 ? index : nil }
            if bytes[index] == 10 { return nil }
            index += 1
        }
        return nil
    }

    /// Origin form, absolute form (whose authority wins over Host, and names this hub like it), or `*` for OPTIONS.
    private func split(
        _ target: Range<Int>, _ method: HTTPMethod
    ) throws(HTTPFailure) -> (path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer) {
        var start = target.lowerBound
        let text = bytes[target]
        if text.first != UInt8(ascii: "/") {
            if text.count == 1, text.first == UInt8(ascii: "*"), method == .options {
                return (UnsafeRawBufferPointer(rebasing: text), UnsafeRawBufferPointer(start: nil, count: 0))
            }
            let lowered = text.prefix(8).map { $0 | HTTPCharacters.caseBit($0) }
            guard lowered.starts(with: "http://".utf8) || lowered.starts(with: "https://".utf8) else {
                throw HTTPFailure(400, "The request target is neither a path nor an absolute URL.")
            }
            let authority = target.lowerBound + (lowered.starts(with: "https://".utf8) ? 8 : 7)
            var end = authority
            while end < target.upperBound, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") { end += 1 }
            guard end > authority else { throw HTTPFailure(400, "The absolute request target has no host.") }
            try HTTPHost.check(UnsafeRawBufferPointer(rebasing: bytes[authority..<end]))
            start = end
        }
        let whole = start..<target.upperBound
        guard place(of: UInt8(ascii: "#"), in: whole) == nil else {
            throw HTTPFailure(400, "A request target has no fragment.")
        }
        let mark = place(of: UInt8(ascii: "?"), in: whole)
        let path = UnsafeRawBufferPointer(rebasing: bytes[start..<(mark ?? whole.upperBound)])
        let query = mark.map { UnsafeRawBufferPointer(rebasing: bytes[($0 + 1)..<whole.upperBound]) }
        return (path.isEmpty ? Self.rootPath : path, query ?? UnsafeRawBufferPointer(start: nil, count: 0))
    }

    private func place(of byte: UInt8, in range: Range<Int>) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base + range.lowerBound, Int32(byte), range.count) else {
            return nil
        }
        return base.distance(to: found)
    }

    /// What an absolute URL without a path names (RFC 9112 section 3.2.1).
    private static var rootPath: UnsafeRawBufferPointer {
        let slash: StaticString = "/"
        return UnsafeRawBufferPointer(start: slash.utf8Start, count: slash.utf8CodeUnitCount)
    }

    // MARK: Fields

    private mutating func readField() throws(HTTPFailure) {
        guard fieldCount < scratch.capacity else {
            throw HTTPFailure(431, "A request has at most \(scratch.capacity) header fields.")
        }
        let nameStart = position
        while HTTPCharacters.isToken[Int(bytes[position])] { position += 1 }
        let nameCount = position - nameStart
        // Also catches obs-fold and a space before the colon (RFC 9112 sections 5.1 and 5.2).
        guard nameCount > 0, bytes[position] == UInt8(ascii: ":") else {
            throw HTTPFailure(400, "A header field does not begin with a name and a colon.")
        }
        position += 1
        while bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        let valueStart = position
        position = HTTPCharacters.endOfFieldValue(bytes, from: position)
        guard bytes[position] == 13, bytes[position + 1] == 10 else {
            throw HTTPFailure(400, "A header field holds a control character.")
        }
        var valueEnd = position
        while valueEnd > valueStart, bytes[valueEnd - 1] == 0x20 || bytes[valueEnd - 1] == 0x09 { valueEnd -= 1 }
        position += 2
        let field = HTTPHeaders.Field(
            nameStart: Int32(truncatingIfNeeded: nameStart), nameCount: Int32(truncatingIfNeeded: nameCount),
            valueStart: Int32(truncatingIfNeeded: valueStart),
            valueCount: Int32(truncatingIfNeeded: valueEnd - valueStart))
        scratch.fields[fieldCount] = field
        fieldCount += 1
        try note(field)
    }

    /// What a field says about this message itself; told apart by length first.
    private mutating func note(_ field: HTTPHeaders.Field) throws(HTTPFailure) {
        let headers = HTTPHeaders(bytes: bytes, fields: UnsafeBufferPointer(start: nil, count: 0))
        switch field.nameCount {
        case 4 where headers.isNamed(field, "host"):
            hosts += 1
            try HTTPHost.check(headers.value(of: field))
        case 6 where headers.isNamed(field, "expect"):
            guard headers.value(of: field).equalsIgnoringCase("100-continue") else {
                throw HTTPFailure(417, "Only 100-continue can be expected.")
            }
            expectsContinue = true
        case 10 where headers.isNamed(field, "connection"):
            for option in headers.value(of: field).split(separator: UInt8(ascii: ",")) {
                let option = trimmed(UnsafeRawBufferPointer(rebasing: option))
                if option.equalsIgnoringCase("close") { closes = true }
                if option.equalsIgnoringCase("keep-alive") { keepsAlive = true }
            }
        case 14 where headers.isNamed(field, "content-length"):
            try readContentLength(headers.value(of: field))
        case 16 where headers.isNamed(field, "content-encoding"):
            isGzip = try ContentCoding.isGzip(headers.value(of: field), already: isGzip)
        case 17 where headers.isNamed(field, "transfer-encoding"):
            guard !hasTransferEncoding, headers.value(of: field).equalsIgnoringCase("chunked") else {
                throw HTTPFailure(501, "The only transfer coding is chunked.")
            }
            hasTransferEncoding = true
            isChunked = true
        default: break
        }
    }

    private mutating func readContentLength(_ value: UnsafeRawBufferPointer) throws(HTTPFailure) {
        guard contentLength == nil else { throw HTTPFailure(400, "A request has at most one Content-Length.") }
        // 18 digits fit an Int; no length that is allowed has as many.
        guard !value.isEmpty, value.count <= 18 else { throw HTTPFailure(400, "Content-Length is not a number.") }
        var length = 0
        for byte in value {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
                throw HTTPFailure(400, "Content-Length is not a number.")
            }
            length = length * 10 + Int(byte - UInt8(ascii: "0"))
        }
        contentLength = length
    }

    private func framing() throws(HTTPFailure) -> HTTP1Parser.Framing {
        guard isChunked else { return contentLength.map { $0 == 0 ? .none : .length($0) } ?? .none }
        guard contentLength == nil else {
            throw HTTPFailure(400, "Content-Length and Transfer-Encoding exclude each other.")
        }
        guard !isHTTP10 else { throw HTTPFailure(400, "HTTP/1.0 has no transfer codings.") }
        return .chunked
    }

    private func trimmed(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var slice = value[...]
        while let first = slice.first, first == 0x20 || first == 0x09 { slice.removeFirst() }
        while let last = slice.last, last == 0x20 || last == 0x09 { slice.removeLast() }
        return UnsafeRawBufferPointer(rebasing: slice)
    }
}
