/// Gathers a request's fields as HPACK gives them, and finds what is wrong with them beyond what libnghttp2 looks at.
///
/// What one server would answer in HTTP/1.1 is answered here too, with the same status: limits, codings, hosts. What
/// makes a request malformed (RFC 9113 section 8.1.1) never gets this far. Its memory is used again for every head.
final class HTTP2HeadReader {
    private let limits: HTTPLimits
    /// Names and values, one behind the other.
    private let bytes: UnsafeMutableRawBufferPointer
    private let fields: UnsafeMutableBufferPointer<HTTPHeaders.Field>
    private var byteCount = 0
    private var fieldCount = 0
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

    /// What HTTP/2 calls the authority has another name in HTTP/1.1, and here.
    private static let hostName: StaticString = "host"

    init(_ limits: HTTPLimits) {
        self.limits = limits
        // Every field counts 32 bytes more than it takes, so that a list within its limit fits.
        bytes = .allocate(byteCount: limits.headBytes + Self.hostName.utf8CodeUnitCount, alignment: 1)
        fields = .allocate(capacity: limits.headerFields + 1)
    }

    deinit {
        bytes.deallocate()
        fields.deallocate()
    }

    var isHead: Bool { method == .head }

    func begin(isTrailer: Bool) {
        byteCount = 0
        fieldCount = 0
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

    func take(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        guard failure == nil, !isTrailer else { return }
        // Section 6.5.2 counts 32 bytes for each field besides its name and value.
        listBytes += name.count + value.count + 32
        do throws(HTTPFailure) {
            guard listBytes <= limits.headBytes else {
                throw HTTPFailure(431, "The head is longer than \(limits.headBytes) bytes.")
            }
            if name.first == UInt8(ascii: ":") {
                try takePseudo(name, value)
            } else {
                guard fieldCount < limits.headerFields else {
                    throw HTTPFailure(431, "A request has at most \(limits.headerFields) header fields.")
                }
                let place = append(value)
                add(append(name), place)
                try note(name, value, place)
            }
        } catch {
            failure = error
        }
    }

    private func takePseudo(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(HTTPFailure) {
        switch name.count {
        case 5:
            guard value.count <= limits.targetBytes else {
                throw HTTPFailure(414, "The target is longer than \(limits.targetBytes) bytes.")
            }
            target = append(value)
        case 7 where name.equals(":method"):
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

    private func note(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ place: Range<Int>
    ) throws(HTTPFailure) {
        switch name.count {
        case 4 where name.equals(Self.hostName):
            guard host == nil else { throw HTTPFailure(400, "A request has exactly one Host field.") }
            try HTTPHost.check(value)
            host = place
        case 6 where name.equals("expect"):
            guard value.equalsIgnoringCase("100-continue") else {
                throw HTTPFailure(417, "Only 100-continue can be expected.")
            }
            expectsContinue = true
        case 14 where name.equals("content-length"):
            // libnghttp2 has found it to be one number, and holds the body to it.
            length = Int(String(decoding: value, as: UTF8.self))
        case 16 where name.equals("content-encoding"):
            isGzip = try ContentCoding.isGzip(value, already: isGzip)
        default: break
        }
    }

    /// The head is complete: what has been gathered, valid until the next one begins.
    func finish() throws(HTTPFailure) -> HTTP2Head {
        if let failure { throw failure }
        try checkHost()
        let target = part(target)
        let isAsterisk = method == .options && target.count == 1 && target[0] == UInt8(ascii: "*")
        guard isAsterisk || target.first == UInt8(ascii: "/") else {
            throw HTTPFailure(400, "The request target is not a path.")
        }
        var mark: Int?
        for index in 0..<target.count {
            if target[index] == UInt8(ascii: "?"), mark == nil { mark = index }
            guard target[index] != UInt8(ascii: "#") else {
                throw HTTPFailure(400, "A request target has no fragment.")
            }
        }
        let query = mark.map { UnsafeRawBufferPointer(rebasing: target[($0 + 1)...]) }
        return HTTP2Head(
            method: method ?? .other, path: UnsafeRawBufferPointer(rebasing: target[..<(mark ?? target.count)]),
            query: query ?? UnsafeRawBufferPointer(start: nil, count: 0),
            headers: HTTPHeaders(
                bytes: part(0..<byteCount), fields: UnsafeBufferPointer(rebasing: fields[..<fieldCount])),
            length: length, isGzip: isGzip, expectsContinue: expectsContinue)
    }

    private func checkHost() throws(HTTPFailure) {
        if let host {
            // Section 8.3.1: a Host that differs from the authority makes a request malformed.
            guard authority.isEmpty || part(host).equalsIgnoringCase(part(authority)) else {
                throw HTTPFailure(400, "The Host field and the authority differ.")
            }
        } else {
            guard !authority.isEmpty else {
                throw HTTPFailure(400, "A request has an authority or a Host field.")
            }
            let name = UnsafeRawBufferPointer(
                start: Self.hostName.utf8Start, count: Self.hostName.utf8CodeUnitCount)
            add(append(name), authority)
        }
    }

    // MARK: Bytes

    private func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[range])
    }

    private func append(_ part: UnsafeRawBufferPointer) -> Range<Int> {
        let start = byteCount
        UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: part)
        byteCount += part.count
        return start..<byteCount
    }

    private func add(_ name: Range<Int>, _ value: Range<Int>) {
        fields[fieldCount] = HTTPHeaders.Field(
            nameStart: Int32(truncatingIfNeeded: name.lowerBound), nameCount: Int32(truncatingIfNeeded: name.count),
            valueStart: Int32(truncatingIfNeeded: value.lowerBound), valueCount: Int32(truncatingIfNeeded: value.count))
        fieldCount += 1
    }
}
