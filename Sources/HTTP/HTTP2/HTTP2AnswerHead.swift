import CNGHTTP2
import Vocabulary

/// Writes an answer's head as fields for HPACK: the same that ``HTTP1Serializer`` writes, without what is of the
/// connection. Reused, so that it needs no memory of its own.
struct HTTP2AnswerHead {
    private struct Place {
        var name: Int
        var value: Int
        var end: Int
        var isIndexed: Bool
    }

    private var text: [UInt8] = []
    private var places: [Place] = []
    private var fields: [nghttp2_nv] = []

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
        begin()
        add(":status") { $0.append(decimal: response.status) }
        // Not on a 204, where RFC 9110 section 8.6 forbids it and HTTP/1.1 here only does as the real hub does.
        if let length = context.length, response.status != 204 { add("content-length") { $0.append(decimal: length) } }
        if let type = response.contentType { add("content-type") { $0.append(type.literal) } }
        if context.isGzip { add("content-encoding") { $0.append("gzip") } }
        for field in response.fields { add(field) }
        add("date") { $0.append(contentsOf: context.date) }
        add("server") { $0.append("Microsoft-HTTPAPI/2.0") }
        add("vary") { $0.append(context.isGzip ? "Origin, Accept-Encoding" : "Origin") }
        if let id = response.requestID { add("x-ms-request-id", isIndexed: false) { id.appendDashed(to: &$0) } }
        return give(use)
    }

    mutating func withInterimFields<Result>(
        status: Int, _ use: (UnsafePointer<nghttp2_nv>?, Int) -> Result
    ) -> Result {
        begin()
        add(":status") { $0.append(decimal: status) }
        return give(use)
    }

    private mutating func begin() {
        text.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
    }

    private mutating func add(_ name: StaticString, isIndexed: Bool = true, _ value: (inout [UInt8]) -> Void) {
        let start = text.count
        text.append(name)
        let middle = text.count
        value(&text)
        places.append(Place(name: start, value: middle, end: text.count, isIndexed: isIndexed))
    }

    private mutating func add(_ field: HTTPField) {
        let start = text.count
        switch field.name {
        case .literal(let name): text.append(name)
        case .made(let name): text.append(name)
        }
        // Names are in lower case (RFC 9113 section 8.2).
        for index in start..<text.count { text[index] |= HTTPCharacters.caseBit(text[index]) }
        let middle = text.count
        // A value neither begins nor ends with space (section 8.2.1), and holds nothing that ends a line in HTTP/1.1.
        for byte in field.value.utf8 {
            let isKept = HTTPCharacters.isFieldValue(byte) && byte != 0x09
            if text.count > middle || isKept && byte != 0x20 { text.append(isKept ? byte : 0x20) }
        }
        while text.count > middle, text.last == 0x20 { text.removeLast() }
        places.append(Place(name: start, value: middle, end: text.count, isIndexed: true))
    }

    private mutating func give<Result>(_ use: (UnsafePointer<nghttp2_nv>?, Int) -> Result) -> Result {
        text.withUnsafeMutableBufferPointer { text in
            guard let base = text.baseAddress else { return use(nil, 0) }
            for place in places {
                // Copied by the library: frames are made after this memory has been used for another answer.
                let flags = place.isIndexed ? NGHTTP2_NV_FLAG_NONE : NGHTTP2_NV_FLAG_NO_INDEX
                fields.append(
                    nghttp2_nv(
                        name: base + place.name, value: base + place.value, namelen: place.value - place.name,
                        valuelen: place.end - place.value, flags: UInt8(flags.rawValue)))
            }
            return fields.withUnsafeBufferPointer { use($0.baseAddress, $0.count) }
        }
    }
}
