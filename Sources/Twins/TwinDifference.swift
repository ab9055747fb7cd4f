import JSON
import Vocabulary

/// The paths at which two states of a twin hold different values, seen from both.
struct TwinDifference {
    private var before: [UInt8] = []
    private var after: [UInt8] = []

    static func between(_ old: Twin, _ new: Twin) -> (before: [UInt8], after: [UInt8]) {
        var difference = TwinDifference()
        difference.document(old, new)
        return (difference.before, difference.after)
    }

    private mutating func document(_ old: Twin, _ new: Twin) {
        let start = mark()
        var hasAny = false
        open(nil, isFirst: true)
        if section("\"tags\"", old.tags, new.tags, isFirst: true) { hasAny = true }
        let properties = mark()
        open("\"properties\"", isFirst: !hasAny)
        var hasProperties = section("\"desired\"", old.desired, new.desired, isFirst: true)
        if section("\"reported\"", old.reported, new.reported, isFirst: !hasProperties) { hasProperties = true }
        if hasProperties { close() } else { reset(to: properties) }
        close()
        if !hasAny, !hasProperties {
            reset(to: start)
            append("{}", "{}")
        }
    }

    private mutating func section(
        _ name: StaticString, _ old: ArraySlice<UInt8>, _ new: ArraySlice<UInt8>, isFirst: Bool
    ) -> Bool {
        guard !old.withUnsafeBytes({ old in new.withUnsafeBytes { old.isEqual(to: $0) } }) else { return false }
        let start = mark()
        let found = old.withUnsafeBufferPointer { oldBytes in
            new.withUnsafeBufferPointer { newBytes in
                // Both were written by the hub, so both parse.
                try? JSONTape.reading(oldBytes) { oldTape throws(JSONError) in
                    try JSONTape.reading(newBytes) { newTape in
                        let key = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
                        return object(key, 0, of: oldTape, 0, of: newTape, isFirst: isFirst)
                    }
                }
            }
        }
        if found != true { reset(to: start) }
        return found == true
    }

    /// Writes the members in which two objects differ, as the value of `name`. False, and nothing written, where they do
    /// not differ.
    private mutating func object(
        _ name: UnsafeBufferPointer<UInt8>, _ oldObject: Int, of old: JSONTape, _ newObject: Int, of new: JSONTape,
        isFirst: Bool
    ) -> Bool {
        let start = mark()
        var hasAny = false
        before.appendMemberStart(name, isFirst: isFirst)
        after.appendMemberStart(name, isFirst: isFirst)
        append("{", "{")
        var index = KeyIndex(new, object: newObject)
        var cursor = MemberCursor(old, object: oldObject, metadata: nil)
        while cursor.isAtMember {
            let name = old.raw(cursor.key)
            if let key = index.take(name) {
                let (oldValue, newValue) = (old.raw(cursor.value), new.raw(key + 1))
                if UnsafeRawBufferPointer(oldValue).isEqual(to: UnsafeRawBufferPointer(newValue)) {
                    // Most values of a patched twin are as they were: nothing in them need be looked at.
                } else if old.kind(cursor.value) == .object, new.kind(key + 1) == .object {
                    if object(name, cursor.value, of: old, key + 1, of: new, isFirst: !hasAny) { hasAny = true }
                } else {
                    member(name, oldValue, newValue, isFirst: !hasAny)
                    hasAny = true
                }
            } else {
                member(name, old.raw(cursor.value), nil, isFirst: !hasAny)
                hasAny = true
            }
            cursor.advance()
        }
        for key in index.remaining {
            member(new.raw(key), nil, new.raw(key + 1), isFirst: !hasAny)
            hasAny = true
        }
        if hasAny { close() } else { reset(to: start) }
        return hasAny
    }

    /// A member with its two values; nil stands for none.
    private mutating func member(
        _ name: UnsafeBufferPointer<UInt8>, _ old: UnsafeBufferPointer<UInt8>?, _ new: UnsafeBufferPointer<UInt8>?,
        isFirst: Bool
    ) {
        before.appendMemberStart(name, isFirst: isFirst)
        after.appendMemberStart(name, isFirst: isFirst)
        if let old { before.append(contentsOf: old) } else { before.append("null") }
        if let new { after.append(contentsOf: new) } else { after.append("null") }
    }

    private mutating func open(_ name: StaticString?, isFirst: Bool) {
        if let name {
            let key = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            before.appendMemberStart(key, isFirst: isFirst)
            after.appendMemberStart(key, isFirst: isFirst)
        }
        append("{", "{")
    }

    private mutating func close() { append("}", "}") }

    private mutating func append(_ old: StaticString, _ new: StaticString) {
        before.append(old)
        after.append(new)
    }

    private func mark() -> (Int, Int) { (before.count, after.count) }

    private mutating func reset(to mark: (Int, Int)) {
        before.removeSubrange(mark.0...)
        after.removeSubrange(mark.1...)
    }
}

extension [UInt8] {
    /// A member's key, quotes included, and what stands around it.
    fileprivate mutating func appendMemberStart(_ key: UnsafeBufferPointer<UInt8>, isFirst: Bool) {
        if !isFirst { append(UInt8(ascii: ",")) }
        append(contentsOf: key)
        append(UInt8(ascii: ":"))
    }
}
