/// What a client says it can take, and how long it is willing to wait.
extension HTTPHeaders {
    /// Whether an answer may be gzip-coded (RFC 9110 section 12.5.3).
    public var acceptsGzip: Bool { quality(of: "gzip", in: "accept-encoding", wildcard: "*") > 0 }

    /// Whether the client asks for a stream of events: it names the type, and not with less weight than JSON.
    public var wantsEventStream: Bool {
        let stream = quality(of: "text/event-stream", in: "accept")
        return stream > 0 && stream >= quality(of: "application/json", in: "accept")
    }

    /// `Prefer: wait=SECONDS` (RFC 7240 section 4.3); nil where it is not asked for or not a number.
    public var preferredWait: Int? {
        guard let text = joined("prefer") else { return nil }
        for preference in text.split(whereSeparator: { $0 == "," || $0 == ";" }) {
            let parts = preference.split(separator: "=", maxSplits: 1).map { trimmed($0) }
            guard parts.count == 2, parts[0].lowercased() == "wait" else { continue }
            // The first one counts (section 2).
            let digits = parts[1].filter { $0 != "\"" }
            guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy({ ("0"..."9").contains($0) }) else {
                return nil
            }
            return Int(digits)
        }
        return nil
    }

    /// The weight given to a coding or type in the fields of a name, 0 to 1000; 0 where it is not named. Every request is asked,
    /// so it is read where it stands.
    private func quality(of name: StaticString, in field: StaticString, wildcard: StaticString? = nil) -> Int {
        var found: Int?
        var any: Int?
        for entry in fields where isNamed(entry, field) {
            value(of: entry).forEachPart(between: UInt8(ascii: ",")) { item in
                var isNamed = false
                var isAny = false
                var isFirst = true
                var weight = 1000
                item.forEachPart(between: UInt8(ascii: ";")) { part in
                    let part = part.trimmed
                    if isFirst {
                        isNamed = part.equalsIgnoringCase(name)
                        isAny = wildcard.map { part.equalsIgnoringCase($0) } ?? false
                    } else if part.count >= 2, part[0] | 0x20 == UInt8(ascii: "q"), part[1] == UInt8(ascii: "=") {
                        weight = self.weight(UnsafeRawBufferPointer(rebasing: part[2...])) ?? 0
                    }
                    isFirst = false
                }
                if isNamed { found = weight }
                if isAny { any = weight }
            }
        }
        return found ?? any ?? 0
    }

    /// A weight in thousandths: 0 to 1 with at most three decimals (RFC 9110 section 12.4.2); nil for anything else.
    private func weight(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard (1...5).contains(bytes.count), bytes.count == 1 || bytes[1] == UInt8(ascii: ".") else { return nil }
        var thousandths = 0
        for place in 0..<5 where place != 1 {
            let digit = place < bytes.count ? bytes[place] : UInt8(ascii: "0")
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            thousandths = thousandths * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return thousandths <= 1000 ? thousandths : nil
    }

    private func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}

extension UnsafeRawBufferPointer {
    /// Hands over what stands between separators, but for what is empty.
    fileprivate func forEachPart(between separator: UInt8, _ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        for index in 0...count where index == count || self[index] == separator {
            if index > start { body(UnsafeRawBufferPointer(rebasing: self[start..<index])) }
            start = index + 1
        }
    }

    /// Without white space around it.
    fileprivate var trimmed: UnsafeRawBufferPointer {
        var rest = self[...]
        while let first = rest.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") { rest.removeFirst() }
        while let last = rest.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { rest.removeLast() }
        return UnsafeRawBufferPointer(rebasing: rest)
    }
}
