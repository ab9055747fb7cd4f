import JSON
import Vocabulary

/// Merges a patch into a section, values and `$metadata` in one walk over both tapes (twins.md sections 3 and 5). Only what
/// the patch names can come out different, so the walk also says what did.
///
/// The walk leans on a property of the hub's own documents that every writer here keeps: a metadata node has, behind
/// its `$` members, one child for each member of the object it describes, in the same order. So both are walked in step
/// and nothing is searched.
struct SectionMerge {
    private let old: JSONTape
    private let patch: JSONTape
    private let stamp: MetadataStamp?
    private var values: [UInt8] = []
    private var metadata: [UInt8] = []
    /// What the merge has changed.
    private(set) var difference: SectionDifference

    /// `stamp` is nil for a section without metadata.
    init(old: JSONTape, patch: JSONTape, stamp: MetadataStamp?) {
        self.old = old
        self.patch = patch
        self.stamp = stamp
        difference = SectionDifference(capacity: patch.bytes.count)
        values.reserveCapacity(old.bytes.count + patch.bytes.count)
        if stamp != nil { metadata.reserveCapacity(old.bytes.count + patch.bytes.count * 4) }
    }

    /// What has been written, free of the tapes.
    var result: MergedSection { MergedSection(values: values, metadata: metadata) }

    /// Merges the objects at the two nodes, the values of `name`, the old one's metadata at the third. True when anything was written or
    /// removed, be it with an equal value; false for a patch that asks for nothing here: nulls for what is absent, empty
    /// objects for objects.
    mutating func merge(
        _ name: UnsafeBufferPointer<UInt8>? = nil, _ object: Int = 0, metadata described: Int?, with changes: Int
    ) -> Bool {
        let mark = difference.open(name)
        var index = KeyIndex(patch, object: changes)
        var isEffective = false
        var output = MemberList(of: &self)
        var untouched = Run()
        var cursor = MemberCursor(old, object: object, metadata: described)
        while cursor.isAtMember {
            if let key = index.take(old.raw(cursor.key)) {
                untouched.flush(into: &self, &output)
                let (name, value) = (patch.raw(key), key + 1)
                if patch.kind(value) == .null {
                    difference.member(name, was: old.raw(cursor.value), is: nil)
                    isEffective = true
                } else if patch.kind(value) == .object, old.kind(cursor.value) == .object {
                    output.begin(name, in: &self)
                    if mergeOrKeep(name, cursor.value, metadata: cursor.metadataValue, with: value) {
                        isEffective = true
                    }
                } else {
                    output.begin(name, in: &self)
                    appendChange(of: name, from: old.raw(cursor.value), to: value)
                    isEffective = true
                }
            } else {
                untouched.extend(over: cursor, of: old)
            }
            cursor.advance()
        }
        untouched.flush(into: &self, &output)
        for key in index.remaining where patch.kind(key + 1) != .null {
            output.begin(patch.raw(key), in: &self)
            appendChange(of: patch.raw(key), from: nil, to: key + 1)
            isEffective = true
        }
        output.end(in: &self)
        difference.close(mark)
        return isEffective
    }

    /// As `merge`, but leaves value and metadata as they were where the patch asks for nothing.
    private mutating func mergeOrKeep(
        _ name: UnsafeBufferPointer<UInt8>, _ object: Int, metadata described: Int?, with changes: Int
    ) -> Bool {
        let (valuesStart, metadataStart) = (values.count, metadata.count)
        if merge(name, object, metadata: described, with: changes) { return true }
        values.removeSubrange(valuesStart...)
        values.append(contentsOf: old.raw(object))
        if let described {
            metadata.removeSubrange(metadataStart...)
            metadata.append(contentsOf: old.raw(described))
        }
        return false
    }

    /// Writes a value of the patch in place of another one, or of none.
    private mutating func appendChange(
        of name: UnsafeBufferPointer<UInt8>, from previous: UnsafeBufferPointer<UInt8>?, to node: Int
    ) {
        let start = values.count
        appendFresh(node)
        values[start...].withUnsafeBufferPointer { difference.member(name, was: previous, is: $0) }
    }

    /// Writes a value of the patch as it is, without the nulls in its objects, and its metadata: a node for each object
    /// and leaf, one for a whole array.
    mutating func appendFresh(_ node: Int) {
        guard patch.kind(node) == .object else {
            values.append(contentsOf: patch.raw(node))
            appendLeaf()
            return
        }
        guard patch[node].count > 0 else {
            values.append("{}")
            appendLeaf()
            return
        }
        appendMembers(of: node)
    }

    /// Writes a whole section: the members of the object at `node`; none for nil.
    mutating func appendSection(_ node: Int?) {
        if let node { return appendMembers(of: node) }
        let output = MemberList(of: &self)
        output.end(in: &self)
    }

    private mutating func appendMembers(of node: Int) {
        var output = MemberList(of: &self)
        var key = node + 1
        while key < patch.next(node) {
            if patch.kind(key + 1) != .null {
                output.begin(patch.raw(key), in: &self)
                appendFresh(key + 1)
            }
            key = patch.next(key + 1)
        }
        output.end(in: &self)
    }

    private mutating func appendLeaf() {
        guard let stamp else { return }
        metadata.append(UInt8(ascii: "{"))
        metadata.append(contentsOf: stamp.leaf)
        metadata.append(UInt8(ascii: "}"))
    }

    /// An object and its metadata node being written.
    private struct MemberList {
        private var isFirst = true

        init(of merge: inout SectionMerge) {
            merge.values.append(UInt8(ascii: "{"))
            guard let stamp = merge.stamp else { return }
            merge.metadata.append(UInt8(ascii: "{"))
            merge.metadata.append(contentsOf: stamp.node)
        }

        mutating func separate(in merge: inout SectionMerge) {
            if !isFirst { merge.values.append(UInt8(ascii: ",")) }
            isFirst = false
            if merge.stamp != nil { merge.metadata.append(UInt8(ascii: ",")) }
        }

        /// Writes a key; its value and metadata follow.
        mutating func begin(_ key: UnsafeBufferPointer<UInt8>, in merge: inout SectionMerge) {
            separate(in: &merge)
            merge.values.append(contentsOf: key)
            merge.values.append(UInt8(ascii: ":"))
            guard merge.stamp != nil else { return }
            merge.metadata.append(contentsOf: key)
            merge.metadata.append(UInt8(ascii: ":"))
        }

        func end(in merge: inout SectionMerge) {
            merge.values.append(UInt8(ascii: "}"))
            if merge.stamp != nil { merge.metadata.append(UInt8(ascii: "}")) }
        }
    }

    /// Neighbouring members that no change touches; copied in one piece, commas and all.
    private struct Run {
        private var values = 0..<0
        private var metadata = 0..<0

        mutating func extend(over cursor: MemberCursor, of tape: JSONTape) {
            let start = tape[cursor.key].range.lowerBound
            values = (values.isEmpty ? start : values.lowerBound)..<tape[cursor.value].range.upperBound
            guard let key = cursor.metadataKey else { return }
            let metadataStart = tape[key].range.lowerBound
            metadata =
                (metadata.isEmpty ? metadataStart : metadata.lowerBound)..<tape[key + 1].range.upperBound
        }

        mutating func flush(into merge: inout SectionMerge, _ output: inout MemberList) {
            guard !values.isEmpty else { return }
            output.separate(in: &merge)
            merge.values.append(contentsOf: UnsafeBufferPointer(rebasing: merge.old.bytes[values]))
            merge.metadata.append(contentsOf: UnsafeBufferPointer(rebasing: merge.old.bytes[metadata]))
            self = Run()
        }
    }
}
