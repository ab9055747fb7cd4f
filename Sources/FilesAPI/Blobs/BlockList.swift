import Blobs

/// Put Block List's body: `<BlockList>` of `<Committed>`, `<Uncommitted>` and `<Latest>`, each with an id. Nothing of XML
/// beyond that is read, so nothing of it can do harm.
struct BlockList {
    private(set) var references: [BlockReference] = []
    private var rest: ArraySlice<UInt8>

    init(xml: [UInt8]) throws(BlobError) {
        rest = xml[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest.removeFirst(3) }
        skipSpace()
        if rest.starts(with: "<?xml".utf8) {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { throw Self.invalid }
            rest = rest[(end + 1)...]
        }
        let root = try tag()
        guard root == "BlockList" || root == "BlockList/" else { throw Self.invalid }
        if root == "BlockList" { try readEntries() }
        skipSpace()
        guard rest.isEmpty else { throw Self.invalid }
    }

    /// Up to and with the root's end.
    private mutating func readEntries() throws(BlobError) {
        while true {
            let name = try tag()
            if name == "/BlockList" { return }
            guard let close = rest.firstIndex(of: UInt8(ascii: "<")) else { throw Self.invalid }
            let text = String(decoding: rest[..<close], as: UTF8.self)
            rest = rest[close...]
            guard try tag() == "/" + name else { throw Self.invalid }
            guard let id = BlockID(text.filter { !$0.isWhitespace }) else {
                throw BlobError(
                    400, "InvalidBlockId", "The specified block ID is invalid. The block ID must be Base64-encoded.")
            }
            switch name {
            case "Committed": references.append(.committed(id))
            case "Uncommitted": references.append(.uncommitted(id))
            case "Latest": references.append(.latest(id))
            default: throw Self.invalid
            }
        }
    }

    private static let invalid = BlobError(
        400, "InvalidXmlDocument", "XML specified is not syntactically valid.")

    /// The next tag's inside, without attributes.
    private mutating func tag() throws(BlobError) -> String {
        skipSpace()
        guard rest.first == UInt8(ascii: "<"), let end = rest.firstIndex(of: UInt8(ascii: ">")) else {
            throw Self.invalid
        }
        var inside = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
        while inside.last == " " { inside.removeLast() }
        if inside == "BlockList /" { inside = "BlockList/" }
        rest = rest[(end + 1)...]
        return inside
    }

    private mutating func skipSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D } }
}
