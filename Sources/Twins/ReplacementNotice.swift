import JSON
import Vocabulary

/// What a device hears of a replacement of its desired properties: every member of the new document, and null for each
/// one that is gone, objects over objects member by member (twins.md section 6).
enum ReplacementNotice {
    /// Appends the object, without `$version`.
    static func append(
        from before: Int, of old: JSONTape, to after: Int, of new: JSONTape, to output: inout [UInt8]
    ) {
        var index = KeyIndex(new, object: after)
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        func begin(_ key: UnsafeBufferPointer<UInt8>) {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            output.append(contentsOf: key)
            output.append(UInt8(ascii: ":"))
        }
        var cursor = MemberCursor(old, object: before, metadata: nil)
        while cursor.isAtMember {
            begin(old.raw(cursor.key))
            if let key = index.take(old.raw(cursor.key)) {
                if old.kind(cursor.value) == .object, new.kind(key + 1) == .object {
                    append(from: cursor.value, of: old, to: key + 1, of: new, to: &output)
                } else {
                    output.append(contentsOf: new.raw(key + 1))
                }
            } else {
                output.append("null")
            }
            cursor.advance()
        }
        for key in index.remaining {
            begin(new.raw(key))
            output.append(contentsOf: new.raw(key + 1))
        }
        output.append(UInt8(ascii: "}"))
    }
}
