import CNGHTTP2
import Vocabulary

/// Writes an answer's head as fields for HPACK: the same that ``HTTP1Serializer`` writes, without what is of the
/// connection. Reused, so that it needs no memory of its own.
struct HTTP2AnswerHead {
    /// Names and values that are no literals, one behind the other in the order of the fields.
    private var text: [UInt8] = []
    /// What `text` holds has no address before that is complete.
    private var fields: [nghttp2_nv] = []

    private static let isLiteralName = UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)
    private static let isLiteralValue = UInt8(NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)
    private static let isNeverIndexed = UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue)

    /// What an answer depends on besides itself.
    struct Context {
        let date: [UInt8]
        /// Whether the body is gzip-coded already.
        let isGzip: Bool
        /// Nil where the length is not known.
        let length: Int?
    }

    /// Calls with the fields, which are valid until it returns.
    mutating func withFields<Result>(
        of response: HTTPResponse, _ context: Context, _ use: (UnsafePointer<nghttp2_nv>?, Int) -> Result
    ) -> Result {
        begin(status: response.status)
        // Not on a 204, where RFC 9110 section 8.6 forbids it and HTTP/1.1 here only does as the real hub does.
        if let length = context.length, response.status != 204 {
            add("content-length") { $0.append(decimal: length) }
        }
        if let type = response.contentType { add("content-type", type.literal) }
        if context.isGzip { add("content-encoding", "gzip") }
        for field in response.fields { add(field) }
        add("date") { $0 += context.date }
        add("server", "Microsoft-HTTPAPI/2.0")
        add("vary", context.isGzip ? "Origin, Accept-Encoding" : "Origin")
        if let id = response.requestID { add("x-ms-request-id", isIndexed: false) { id.appendDashed(to: &$0) } }
        return give(use)
    }

    mutating func withInterimFields<Result>(
        status: Int, _ use: (UnsafePointer<nghttp2_nv>?, Int) -> Result
    ) -> Result {
        begin(status: status)
        return give(use)
    }

    private mutating func begin(status: Int) {
        text.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        add(":status") { $0.append(decimal: status) }
    }

    /// A field of literals, of which the library needs no copy.
    private mutating func add(_ name: StaticString, _ value: StaticString) {
        fields.append(
            nghttp2_nv(
                name: Self.bytes(of: name), value: Self.bytes(of: value), namelen: name.utf8CodeUnitCount,
                valuelen: value.utf8CodeUnitCount,
                flags: Self.isLiteralName | Self.isLiteralValue))
    }

    private mutating func add(
        _ name: StaticString, isIndexed: Bool = true, _ value: (inout [UInt8]) -> Void
    ) {
        let start = text.count
        value(&text)
        fields.append(
            nghttp2_nv(
                name: Self.bytes(of: name), value: nil, namelen: name.utf8CodeUnitCount, valuelen: text.count - start,
                flags: isIndexed ? Self.isLiteralName : Self.isLiteralName | Self.isNeverIndexed))
    }

    /// Where the library copies a name, it writes it in lower case (RFC 9113 section 8.2).
    private mutating func add(_ field: HTTPField) {
        let start = text.count
        let name: (start: UnsafeMutablePointer<UInt8>?, count: Int)
        switch field.name {
        case .literal(let literal): name = (Self.bytes(of: literal), literal.utf8CodeUnitCount)
        case .made(let made):
            text.append(made)
            name = (nil, text.count - start)
        }
        let middle = text.count
        // A value neither begins nor ends with space (section 8.2.1), and holds nothing that ends a line in HTTP/1.1.
        for byte in field.value.utf8 {
            let isKept = HTTPCharacters.isFieldValue(byte) && byte != 0x09
            if text.count > middle || isKept && byte != 0x20 { text.append(isKept ? byte : 0x20) }
        }
        while text.count > middle, text.last == 0x20 { text.removeLast() }
        fields.append(
            nghttp2_nv(
                name: name.start, value: nil, namelen: name.count, valuelen: text.count - middle,
                flags: 0))
    }

    /// The library takes no pointer to what it must not write, and writes to none.
    private static func bytes(of literal: StaticString) -> UnsafeMutablePointer<UInt8> {
        UnsafeMutablePointer(mutating: literal.utf8Start)
    }

    private mutating func give<Result>(_ use: (UnsafePointer<nghttp2_nv>?, Int) -> Result) -> Result {
        text.withUnsafeMutableBufferPointer { text in
            var next = text.baseAddress
            fields.withUnsafeMutableBufferPointer { fields in
                for index in fields.indices {
                    if fields[index].name == nil {
                        fields[index].name = next
                        next? += fields[index].namelen
                    }
                    if fields[index].value == nil {
                        fields[index].value = next
                        next? += fields[index].valuelen
                    }
                }
            }
            return fields.withUnsafeBufferPointer { use($0.baseAddress, $0.count) }
        }
    }
}
