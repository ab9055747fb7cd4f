/// Server-sent events out of a byte stream (the HTML standard's event stream format), as far as TwinHub sends them.
struct EventLines {
    private var rest: [UInt8] = []
    private var name = "message"
    private var data: [String] = []

    /// Takes bytes in and answers the events that they complete.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> [(name: String, data: String)] {
        rest += bytes
        var events: [(String, String)] = []
        while let feed = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[..<feed], as: UTF8.self)
            rest.removeFirst(feed + 1)
            if line.isEmpty {
                if !data.isEmpty { events.append((name, data.joined(separator: "\n"))) }
                name = "message"
                data = []
            } else if line.hasPrefix("event:") {
                name = String(line.dropFirst(6).drop { $0 == " " })
            } else if line.hasPrefix("data:") {
                data.append(String(line.dropFirst(5).drop { $0 == " " }))
            }
        }
        return events
    }
}
