/// A parsed text with the bytes it was parsed from. Copies share both.
public struct JSONDocument: Sendable {
    let storage: JSONStorage

    init(storage: JSONStorage) { self.storage = storage }

    /// Parses all of `bytes`; one UTF-8 byte order mark in front is skipped.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        let nodes = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            try JSONParser.parse(buffer, limits: limits)
        }
        storage = JSONStorage(bytes: bytes, nodes: nodes)
    }

    /// Parses a text's UTF-8 bytes.
    public init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    public var root: JSONValue { JSONValue(storage: storage, index: 0) }

    public var bytes: [UInt8] { storage.bytes }

    /// Whether the two are copies of one.
    public func isSame(as other: JSONDocument) -> Bool { storage === other.storage }

    /// Lends the tape; its root is node 0.
    public func withTape<Result, Failure: Error>(
        _ body: (JSONTape) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withTape(body)
    }
}

/// What a document and the values in it share.
final class JSONStorage: Sendable {
    let bytes: [UInt8]
    let nodes: [TapeNode]

    init(bytes: [UInt8], nodes: [TapeNode]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    func withTape<Result, Failure: Error>(_ body: (JSONTape) throws(Failure) -> Result) throws(Failure) -> Result {
        try bytes.withUnsafeBufferPointer { bytes throws(Failure) in
            try nodes.withUnsafeBufferPointer { nodes throws(Failure) in
                try body(JSONTape(bytes: bytes, nodes: nodes))
            }
        }
    }
}

extension JSONValue {
    /// Lends the tape of the value's document; the value is node `index`.
    public func withTape<Result, Failure: Error>(
        _ body: (JSONTape) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withTape(body)
    }
}
