import JSON
import Vocabulary

/// The members in which two states of a section differ, seen from both; no bytes where none do. Written as the members are
/// walked, by whoever walks them.
struct SectionDifference {
    private(set) var before: [UInt8] = []
    private(set) var after: [UInt8] = []

    /// - Parameter capacity: how many bytes each state is likely to take.
    init(capacity: Int = 0) {
        before.reserveCapacity(capacity)
        after.reserveCapacity(capacity)
    }

    /// Where an object began, its name included.
    struct Mark {
        fileprivate let before: Int
        fileprivate let after: Int
    }

    /// Begins an object, the value of `name`; the section's root has none.
    mutating func open(_ name: UnsafeBufferPointer<UInt8>?) -> Mark {
        let mark = Mark(before: before.count, after: after.count)
        if let name {
            before.appendMemberStart(name)
            after.appendMemberStart(name)
        }
        before.append(UInt8(ascii: "{"))
        after.append(UInt8(ascii: "{"))
        return mark
    }

    /// Ends the object, or takes it back where nothing in it differs.
    mutating func close(_ mark: Mark) {
        guard before.last == UInt8(ascii: "{") else {
            before.append(UInt8(ascii: "}"))
            after.append(UInt8(ascii: "}"))
            return
        }
        before.removeLast(before.count - mark.before)
        after.removeLast(after.count - mark.after)
    }

    /// A member that is not an object in both states, with its two values; nil stands for none.
    mutating func member(
        _ name: UnsafeBufferPointer<UInt8>, was old: UnsafeBufferPointer<UInt8>?, is new: UnsafeBufferPointer<UInt8>?
    ) {
        if let old, let new, UnsafeRawBufferPointer(old).isEqual(to: UnsafeRawBufferPointer(new)) { return }
        before.appendMemberStart(name)
        after.appendMemberStart(name)
        if let old { before.append(contentsOf: old) } else { before.append("null") }
        if let new { after.append(contentsOf: new) } else { after.append("null") }
    }
}

extension SectionDifference {
    /// Compares all of two objects, the values of `name`.
    mutating func compare(
        _ name: UnsafeBufferPointer<UInt8>? = nil, _ oldObject: Int = 0, of old: JSONTape, _ newObject: Int = 0,
        of new: JSONTape
    ) {
        let mark = open(name)
        var index = KeyIndex(new, object: newObject)
        var cursor = MemberCursor(old, object: oldObject, metadata: nil)
        while cursor.isAtMember {
            let name = old.raw(cursor.key)
            let key = index.take(name)
            if let key, old.kind(cursor.value) == .object, new.kind(key + 1) == .object {
                compare(name, cursor.value, of: old, key + 1, of: new)
            } else {
                member(name, was: old.raw(cursor.value), is: key.map { new.raw($0 + 1) })
            }
            cursor.advance()
        }
        for key in index.remaining { member(new.raw(key), was: nil, is: new.raw(key + 1)) }
        close(mark)
    }
}

extension [UInt8] {
    /// A member's key, quotes included, and what stands around it.
    fileprivate mutating func appendMemberStart(_ key: UnsafeBufferPointer<UInt8>) {
        if last != UInt8(ascii: "{") { append(UInt8(ascii: ",")) }
        append(contentsOf: key)
        append(UInt8(ascii: ":"))
    }
}
