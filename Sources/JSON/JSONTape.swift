/// A parsed text seen through pointers, for readers that walk every value of it: valid only inside the closure that
/// gives it. A value is named by its place on the tape.
@frozen
public struct JSONTape {
    public let bytes: UnsafeBufferPointer<UInt8>
    public let nodes: UnsafeBufferPointer<TapeNode>

    @inlinable
    public init(bytes: UnsafeBufferPointer<UInt8>, nodes: UnsafeBufferPointer<TapeNode>) {
        self.bytes = bytes
        self.nodes = nodes
    }

    @inlinable
    public subscript(node: Int) -> TapeNode { nodes[node] }

    @inlinable
    public func kind(_ node: Int) -> JSONValue.Kind { nodes[node].kind }

    /// The node behind this one and everything in it.
    @inlinable
    public func next(_ node: Int) -> Int { Int(nodes[node].next) }

    /// A value's source text.
    @inlinable
    public func raw(_ node: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[nodes[node].range])
    }

    /// The bytes between a string's quotes, escapes and all.
    @inlinable
    public func content(_ node: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[nodes[node].content])
    }

    /// Parses bytes in place and lends the tape.
    public static func reading<Result, Failure: Error>(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = .standard, rethrowing failure: (JSONError) -> Failure,
        _ body: (JSONTape) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let nodes: [TapeNode]
        do throws(JSONError) {
            nodes = try JSONParser.parse(bytes, limits: limits)
        } catch {
            throw failure(error)
        }
        return try nodes.withUnsafeBufferPointer { nodes throws(Failure) in
            try body(JSONTape(bytes: bytes, nodes: nodes))
        }
    }

    /// Parses bytes in place and lends the tape.
    public static func reading<Result>(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = .standard,
        _ body: (JSONTape) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        try reading(bytes, limits: limits, rethrowing: { (error: JSONError) -> JSONError in error }, body)
    }
}
