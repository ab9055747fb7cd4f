/// A message's body as text that conditions can read (query.md section 8).
enum RouteBody {
    /// The body in UTF-8; nil where its properties do not say that it is JSON in an encoding of Unicode.
    static func utf8(_ body: [UInt8], contentType: String?, contentEncoding: String?) -> [UInt8]? {
        // Parameters such as `;charset=utf-8` are used in samples over MQTT.
        let type = contentType?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == "application/json" else { return nil }
        switch contentEncoding?.lowercased() {
        case "utf-8": return body
        case "utf-16": return utf16(body)
        case "utf-32": return utf32(body)
        default: return nil
        }
    }

    private static func utf16(_ body: [UInt8]) -> [UInt8]? {
        let units = units(of: 2, in: body)?.map { UInt16(truncatingIfNeeded: $0) }
        return units.flatMap { String(validating: $0, as: UTF16.self) }.map { Array($0.utf8) }
    }

    private static func utf32(_ body: [UInt8]) -> [UInt8]? {
        units(of: 4, in: body).flatMap { String(validating: $0, as: UTF32.self) }.map { Array($0.utf8) }
    }

    /// Little-endian, as .NET writes the encodings of these names, unless a byte order mark says otherwise. The mark is no
    /// part of the text.
    private static func units(of width: Int, in body: [UInt8]) -> [UInt32]? {
        guard body.count.isMultiple(of: width) else { return nil }
        let isBig = body.prefix(width).elementsEqual([0, 0, 0xFE, 0xFF].suffix(width))
        var units: [UInt32] = []
        units.reserveCapacity(body.count / width)
        for start in stride(from: 0, to: body.count, by: width) {
            let bytes = body[start..<start + width]
            let value = isBig ? bytes.reduce(UInt32(0), Self.append) : bytes.reversed().reduce(UInt32(0), Self.append)
            if start > 0 || value != 0xFEFF { units.append(value) }
        }
        return units
    }

    private static func append(_ value: UInt32, _ byte: UInt8) -> UInt32 { value << 8 | UInt32(byte) }
}
