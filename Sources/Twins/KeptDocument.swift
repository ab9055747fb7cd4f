import JSON
import Vocabulary

/// What `PropertyReader` wrote, parsed, and with every key once.
enum KeptDocument {
    /// - Parameter source: what the client sent. Most send the form that is kept, letter for letter, and that has been parsed.
    static func parse(
        _ bytes: [UInt8], of source: JSONDocument?, envelope: HubError.Envelope
    ) throws(HubError) -> JSONDocument {
        do throws(JSONError) {
            let known = source.flatMap { isSame($0.bytes, bytes) ? $0 : nil }
            let document = if let known { known } else { try JSONDocument(parsing: bytes) }
            guard let unique = document.withTape(withoutDuplicates) else { return document }
            return try JSONDocument(parsing: unique)
        } catch {
            throw .malformed(error, envelope: envelope)
        }
    }

    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { left.isEqual(to: $0) } }
    }

    /// The text with the last of each object's repeated keys; nil where none repeats, which is the rule.
    private static func withoutDuplicates(_ tape: JSONTape) -> [UInt8]? {
        let repeats = tape.nodes.indices.contains { node in
            tape.kind(node) == .object && tape[node].count > 1 && KeyIndex.hasDuplicates(tape, object: node)
        }
        guard repeats else { return nil }
        var output: [UInt8] = []
        append(0, of: tape, to: &output)
        return output
    }

    private static func append(_ node: Int, of tape: JSONTape, to output: inout [UInt8]) {
        switch tape.kind(node) {
        case .object:
            let index = KeyIndex(tape, object: node)
            output.append(UInt8(ascii: "{"))
            var isFirst = true
            var key = node + 1
            while key < tape.next(node) {
                defer { key = tape.next(key + 1) }
                guard index.find(tape.raw(key)) == key else { continue }
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                output.append(contentsOf: tape.raw(key))
                output.append(UInt8(ascii: ":"))
                append(key + 1, of: tape, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        case .array:
            output.append(UInt8(ascii: "["))
            var element = node + 1
            while element < tape.next(node) {
                if element > node + 1 { output.append(UInt8(ascii: ",")) }
                append(element, of: tape, to: &output)
                element = tape.next(element)
            }
            output.append(UInt8(ascii: "]"))
        default: output.append(contentsOf: tape.raw(node))
        }
    }
}
