/// A path as documents are searched for it: its keys as JSON writes them, in memory that stays where it is. Immutable.
///
/// Not checked: the pointers are to memory that is its own and written only while it is made.
final class PathPattern: @unchecked Sendable {
    /// A key with quotes around it.
    struct Key {
        let quoted: UnsafeBufferPointer<UInt8>
        /// Whether a text without escapes may stand for it.
        let isPlain: Bool

        var bytes: Slice<UnsafeBufferPointer<UInt8>> { quoted[1..<quoted.count - 1] }
    }

    enum Step {
        case key(Key)
        case element(Int)
    }

    let steps: UnsafeBufferPointer<Step>
    private let text: UnsafeMutableBufferPointer<UInt8>

    init(_ path: [PropertyPath.Step]) {
        var bytes: [UInt8] = []
        for case .key(let key) in path { bytes += [UInt8(ascii: "\"")] + key + [UInt8(ascii: "\"")] }
        text = .allocate(capacity: bytes.count)
        _ = text.initialize(from: bytes)
        var offset = 0
        let text = UnsafeBufferPointer(text)
        let steps = path.map { step -> Step in
            switch step {
            case .element(let index): return .element(index)
            case .key(let key):
                let start = offset
                offset += key.count + 2
                let isPlain = key.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
                return .key(Key(quoted: UnsafeBufferPointer(rebasing: text[start..<offset]), isPlain: isPlain))
            }
        }
        let memory = UnsafeMutableBufferPointer<Step>.allocate(capacity: steps.count)
        _ = memory.initialize(from: steps)
        self.steps = UnsafeBufferPointer(memory)
    }

    deinit {
        steps.deallocate()
        text.deallocate()
    }
}
