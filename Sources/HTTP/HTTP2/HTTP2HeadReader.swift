import Vocabulary

/// Gathers a request's fields as HPACK gives them, and finds what is wrong with them beyond what libnghttp2 looks at.
///
/// What one server would answer in HTTP/1.1 is answered here too, with the same status: limits, codings, hosts. What
/// makes a request malformed (RFC 9113 section 8.1.1) never gets this far.
struct HTTP2HeadReader {
    private var bytes: [UInt8] = []
    private var fields: [HTTPHeaders.Field] = []
    private var method: HTTPMethod?
    private var target = 0..<0
    private var authority = 0..<0
    private var host: Range<Int>?
    private var length: Int?
    private var isGzip = false
    private var expectsContinue = false
    private var listBytes = 0
    /// The first thing that was found wrong; nothing more is gathered then.
    private var failure: HTTPFailure?
    /// Fields behind a body, which are read and dropped.
    private var isTrailer = false

    var isHead: Bool { method == .head }

    /// Memory that one long head took is not kept for ever.
    private static let keptBytes = 4 << 10

    mutating func begin(isTrailer: Bool) {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytes)
        fields.removeAll(keepingCapacity: true)
        method = nil
        target = 0..<0
        authority = 0..<0
        host = nil
        length = nil
        isGzip = false
        expectsContinue = false
        listBytes = 0
        failure = nil
        self.isTrailer = isTrailer
    }

    mutating func take(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, _ limits: HTTPLimits) {
        guard failure == nil, !isTrailer else { return }
        // Section 6.5.2 counts 32 bytes for each field besides its name and value.
        listBytes += name.count + value.count + 32
        do throws(HTTPFailure) {
            guard listBytes <= limits.headBytes else {
                throw HTTPFailure(431, "The head is longer than \(limits.headBytes) bytes.")
            }
            if name.first == UInt8(ascii: ":") {
                try takePseudo(name, value, limits)
            } else {
                guard fields.count < limits.headerFields else {
                    throw HTTPFailure(431, "A request has at most \(limits.headerFields) header fields.")
                }
                let field = append(name: name, value: value)
                try note(name, value, field)
            }
        } catch {
            failure = error
        }
    }

    private mutating func takePseudo(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ limits: HTTPLimits
    ) throws(HTTPFailure) {
        switch name.count {
        case 5:
            guard value.count <= limits.targetBytes else {
                throw HTTPFailure(414, "The target is longer than \(limits.targetBytes) bytes.")
            }
            target = append(value)
        case 7 where name.elementsEqual(":method".utf8):
            guard value.count <= limits.methodBytes else {
                throw HTTPFailure(400, "The method is longer than \(limits.methodBytes) bytes.")
            }
            method = HTTPMethod(value)
        case 10:
            try HTTPHost.check(value)
            authority = append(value)
        default: break
        }
    }

    private mutating func note(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ field: HTTPHeaders.Field
    ) throws(HTTPFailure) {
        switch name.count {
        case 4 where name.elementsEqual("host".utf8):
            guard host == nil else { throw HTTPFailure(400, "A request has exactly one Host field.") }
            try HTTPHost.check(value)
            host = Int(field.valueStart)..<Int(field.valueStart + field.valueCount)
        case 6 where name.elementsEqual("expect".utf8):
            guard value.equalsIgnoringCase("100-continue") else {
                throw HTTPFailure(417, "Only 100-continue can be expected.")
            }
            expectsContinue = true
        case 14 where name.elementsEqual("content-length".utf8):
            // libnghttp2 has found it to be one number, and holds the body to it.
            length = Int(String(decoding: value, as: UTF8.self))
        case 16 where name.elementsEqual("content-encoding".utf8):
            isGzip = try ContentCoding.isGzip(value, already: isGzip)
        default: break
        }
    }

    /// The head is complete.
    mutating func finish() {
        guard failure == nil else { return }
        if let host {
            // Section 8.3.1: a Host that differs from the authority makes a request malformed.
            if !authority.isEmpty, !isEqual(host, authority) {
                failure = HTTPFailure(400, "The Host field and the authority differ.")
            }
        } else if !authority.isEmpty {
            let name = append("host")
            fields.append(field(name, authority))
        } else {
            failure = HTTPFailure(400, "A request has an authority or a Host field.")
        }
        let isOptions = method == .options && target.count == 1 && bytes[target.lowerBound] == UInt8(ascii: "*")
        if failure == nil, !isOptions, target.isEmpty || bytes[target.lowerBound] != UInt8(ascii: "/") {
            failure = HTTPFailure(400, "The request target is not a path.")
        }
        if bytes[target].contains(UInt8(ascii: "#")) { failure = HTTPFailure(400, "A request target has no fragment.") }
    }

    /// Calls with what has been gathered.
    func withHead(_ use: (Result<HTTP2Head, HTTPFailure>) -> Void) {
        if let failure { return use(.failure(failure)) }
        bytes.withUnsafeBytes { bytes in
            fields.withUnsafeBufferPointer { fields in
                let whole = bytes[target]
                let mark = whole.firstIndex(of: UInt8(ascii: "?"))
                let query = mark.map { UnsafeRawBufferPointer(rebasing: whole[($0 + 1)...]) }
                use(
                    .success(
                        HTTP2Head(
                            method: method ?? .other,
                            path: UnsafeRawBufferPointer(rebasing: whole[..<(mark ?? whole.endIndex)]),
                            query: query ?? UnsafeRawBufferPointer(start: nil, count: 0),
                            headers: HTTPHeaders(bytes: bytes, fields: fields), length: length, isGzip: isGzip,
                            expectsContinue: expectsContinue)))
            }
        }
    }

    // MARK: Bytes

    private mutating func append(_ part: some Collection<UInt8>) -> Range<Int> {
        let start = bytes.count
        bytes.append(contentsOf: part)
        return start..<bytes.count
    }

    private mutating func append(_ literal: StaticString) -> Range<Int> {
        append(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    private mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> HTTPHeaders.Field {
        let field = field(append(name), append(value))
        fields.append(field)
        return field
    }

    private func field(_ name: Range<Int>, _ value: Range<Int>) -> HTTPHeaders.Field {
        HTTPHeaders.Field(
            nameStart: Int32(truncatingIfNeeded: name.lowerBound), nameCount: Int32(truncatingIfNeeded: name.count),
            valueStart: Int32(truncatingIfNeeded: value.lowerBound), valueCount: Int32(truncatingIfNeeded: value.count))
    }

    private func isEqual(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        bytes.withUnsafeBytes { bytes in
            UnsafeRawBufferPointer(rebasing: bytes[one]).equalsIgnoringCase(
                UnsafeRawBufferPointer(rebasing: bytes[other]))
        }
    }
}
