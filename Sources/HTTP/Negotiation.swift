/// What a client says it can take, and how long it is willing to wait.
extension HTTPHeaders {
    /// Whether an answer may be gzip-coded (RFC 9110 section 12.5.3).
    public var acceptsGzip: Bool {
        guard let text = joined("accept-encoding") else { return false }
        return quality(of: "gzip", in: text, wildcard: "*") > 0
    }

    /// Whether the client asks for a stream of events: it names the type, and not with less weight than JSON.
    public var wantsEventStream: Bool {
        guard let text = joined("accept") else { return false }
        let stream = quality(of: "text/event-stream", in: text, wildcard: nil)
        return stream > 0 && stream >= quality(of: "application/json", in: text, wildcard: nil)
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

    /// The weight given to a coding or type, 0 to 1000; 0 where it is not named.
    private func quality(of name: String, in text: String, wildcard: String?) -> Int {
        var found: Int?
        var any: Int?
        for item in text.split(separator: ",") {
            let parts = item.split(separator: ";").map { trimmed($0) }
            guard let first = parts.first?.lowercased() else { continue }
            var weight = 1000
            for parameter in parts.dropFirst() where parameter.lowercased().hasPrefix("q=") {
                weight = self.weight(parameter.dropFirst(2)) ?? 0
            }
            if first == name { found = weight }
            if let wildcard, first == wildcard { any = weight }
        }
        return found ?? any ?? 0
    }

    /// A weight in thousandths: 0 to 1 with at most three decimals (RFC 9110 section 12.4.2); nil for anything else.
    private func weight(_ text: Substring) -> Int? {
        let bytes = Array(text.utf8)
        guard (1...5).contains(bytes.count), bytes.count == 1 || bytes[1] == UInt8(ascii: ".") else { return nil }
        var thousandths = 0
        for place in [0, 2, 3, 4] {
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
