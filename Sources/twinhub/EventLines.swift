/// Server-sent events out of a byte stream (the HTML standard's event stream format), as far as TwinHub sends them.
struct EventLines {
    struct Event {
        var name = "message"
        /// The sequence; nil where it has none.
        var id: UInt64?
        var data = ""
    }

    private var rest: [UInt8] = []
    private var event = Event()
    private var data: [String] = []

    /// Takes bytes in and answers the events that they complete.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> [Event] {
        rest += bytes
        var events: [Event] = []
        var start = 0
        while let feed = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if let complete = take(line: String(decoding: rest[start..<feed], as: UTF8.self)) {
                events.append(complete)
            }
            start = feed + 1
        }
        rest.removeFirst(start)
        return events
    }

    private mutating func take(line: String) -> Event? {
        guard !line.isEmpty else {
            defer { (event, data) = (Event(), []) }
            if data.isEmpty { return nil }
            event.data = data.joined(separator: "\n")
            return event
        }
        guard let colon = line.firstIndex(of: ":") else { return nil }
        var value = line[line.index(after: colon)...]
        if value.first == " " { value.removeFirst() }
        switch line[..<colon] {
        case "event": event.name = String(value)
        case "id": event.id = UInt64(value)
        case "data": data.append(String(value))
        default: break
        }
        return nil
    }
}
