/// A part of a log's bytes, kept alive by holding their owner. Cheap to copy and to keep: nothing is parsed or copied.
///
/// Who keeps very many may keep `owner` once, and `offset` and `count` of each.
public struct LogSlice: Sendable {
    public let owner: LogBytes
    /// In `owner.bytes`.
    public let offset: Int
    /// Bytes.
    public let count: Int

    public init(owner: LogBytes, offset: Int, count: Int) {
        precondition(offset >= 0 && count >= 0 && offset <= owner.bytes.count - count)
        self.owner = owner
        self.offset = offset
        self.count = count
    }

    /// Valid only inside `body`.
    @inline(__always)
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { extendLifetime(owner) }
        return try body(UnsafeRawBufferPointer(rebasing: owner.bytes[offset..<offset + count]))
    }

    /// What is wrong with these bytes, and where they stand.
    public func damage(_ reason: String) -> LogDamage {
        let before = owner.bytes[..<offset].count { $0 == LogLine.newline }
        return LogDamage(file: owner.file, line: before + 1, reason: reason)
    }

    /// A copy of the bytes.
    public var array: [UInt8] { withBytes { Array($0) } }

    /// The bytes as text.
    public var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
