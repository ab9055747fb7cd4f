import Vocabulary

/// Names a block of a blob: base64 of 1 to 64 bytes, all ids of one blob of the same length.
public struct BlockID: Hashable, Sendable {
    public let bytes: [UInt8]

    /// Bytes before base64, as in Azure.
    public static let maximumLength = 64

    public init?(_ base64: String) {
        guard let bytes = Base64.decode(base64), (1...Self.maximumLength).contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    public var base64: String { Base64.encode(bytes) }

    /// Its file's name.
    var fileName: String { Hex.encode(bytes) }
}

/// An entry of a block list: where the block is to be looked for.
public enum BlockReference: Hashable, Sendable {
    /// In the blob as it is.
    case committed(BlockID)
    /// Among the blocks that wait.
    case uncommitted(BlockID)
    /// Among those that wait, then in the blob.
    case latest(BlockID)
}
