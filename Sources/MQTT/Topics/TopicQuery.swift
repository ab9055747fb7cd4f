/// `?$rid={rid}[&$version={version}]` at a topic's end. Names stand as they are, never percent-encoded; values are given
/// back as they came; unknown names are passed over.
struct TopicQuery {
    /// Nil where there is none or it is empty.
    private(set) var requestID: UnsafeRawBufferPointer?
    private(set) var version: Int64?

    init(_ cursor: TopicCursor) throws(MQTTFailure) {
        guard !cursor.isAtEnd else { return }
        guard cursor.bytes[0] == UInt8(ascii: "?") else { throw .topicUnknown }
        for pair in cursor.bytes.dropFirst().split(separator: UInt8(ascii: "&")) {
            var pair = TopicCursor(UnsafeRawBufferPointer(rebasing: pair))
            if pair.skip("$rid=") {
                if requestID == nil, !pair.isAtEnd { requestID = pair.bytes }
            } else if pair.skip("$version=") {
                guard let number = TopicCursor.number(pair.bytes) else { throw .topicNumber }
                version = number
            }
        }
    }
}
