import Vocabulary

/// One event of an event stream (the HTML standard, section 9.2), as bytes.
public enum ServerSentEvent {
    /// `data` is one line, such as a JSON document.
    public static func bytes(_ name: String, id: String? = nil, data: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 64)
        bytes.append("event: \(name)\n")
        if let id { bytes.append("id: \(id)\n") }
        bytes.append("data: ")
        for byte in data { bytes.append(byte == 10 || byte == 13 ? UInt8(ascii: " ") : byte) }
        bytes.append("\n\n")
        return bytes
    }

    /// Keeps a quiet stream from looking dead.
    public static let comment = Array(": \n\n".utf8)
}
