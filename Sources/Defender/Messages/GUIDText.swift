import Vocabulary

/// The schema's GUID: 36 characters, hexadecimal digits with hyphens at 8, 13, 18 and 23 (defender.md section 5.2).
enum GUIDText {
    private static let lengths = [8, 4, 4, 4, 12]

    static func holds(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == lengths && parts.allSatisfy { $0.allSatisfy { Hex.value($0) != nil } }
    }

    /// Sixteen bytes in their order.
    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var rest = Hex.encode(bytes)[...]
        return lengths.map { length in
            defer { rest = rest.dropFirst(length) }
            return String(rest.prefix(length))
        }.joined(separator: "-")
    }
}
