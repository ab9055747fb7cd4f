/// Where a part of a log's bytes stands. Who keeps very many slices of the same bytes may keep these, and the owner once.
public struct LogPlace: Hashable, Sendable {
    public let offset: UInt64
    /// Bytes.
    public let count: UInt32

    public init(_ slice: LogSlice) { self.init(offset: slice.offset, count: slice.count) }

    init(offset: Int, count: Int) {
        self.offset = UInt64(offset)
        self.count = UInt32(count)
    }

    public func slice(of owner: LogBytes) -> LogSlice {
        LogSlice(owner: owner, offset: Int(offset), count: Int(count))
    }
}
