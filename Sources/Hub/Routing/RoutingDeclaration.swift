import JSON
import Vocabulary

/// Routes, endpoints and enrichments as their owner has declared them: one JSON object that the hub keeps and does not read.
/// Part of its state: logged, replayed, and kept through a reset, since it says how the hub is run and not what is in it.
public struct RoutingDeclaration: Hashable, Sendable {
    public let json: [UInt8]

    public init(_ json: [UInt8]) { self.json = json }

    init(record value: JSONValue) throws(RecordError) {
        guard value.kind == .object else { throw RecordError("routing") }
        json = Array(value.raw)
    }
}
