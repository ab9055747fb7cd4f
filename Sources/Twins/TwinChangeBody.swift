import JSON
import Vocabulary

/// The body of the event that tells back ends of a twin's change (twins.md section 11.1). Each is made from what was asked
/// for and the counters that it led to, so that the hub's log is enough to make it at any time.
public enum TwinChangeBody {
    /// A device's report: `{"version":V,"properties":{"reported":{<patch>,"$metadata":{…},"$version":r}}}`.
    public static func report(
        _ patch: ReportedPatch, version: UInt64, reportedVersion: UInt64, at time: Timestamp
    ) -> [UInt8] {
        patch.document.withTape { tape in
            var body = begun(version, capacity: tape.bytes.count * 4 + 160)
            body.append(",\"properties\":{\"reported\":")
            append(0, of: tape, MetadataStamp(time: time, version: nil), version: reportedVersion, to: &body)
            body.append("}}")
            return body
        }
    }

    /// A back end's PATCH: `{"version":V,"tags":{<patch>},"properties":{"desired":{<patch>,"$metadata":{…},"$version":d}}}`.
    ///
    /// - Parameter desiredVersion: nil where the desired properties were not written; they are left out then.
    public static func patch(
        _ patch: ServicePatch, version: UInt64, desiredVersion: UInt64?, at time: Timestamp,
        by configuration: ConfigurationStamp? = nil
    ) -> [UInt8] {
        patch.sections.document.withTape { tape in
            var body = begun(version, capacity: tape.bytes.count * 4 + 160)
            if let tags = patch.sections.tags {
                body.append(",\"tags\":")
                body.append(contentsOf: tape.raw(tags))
            }
            if let desired = patch.sections.desired, let desiredVersion {
                body.append(",\"properties\":{\"desired\":")
                let stamp = MetadataStamp(time: time, version: desiredVersion, configuration: configuration)
                append(desired, of: tape, stamp, version: desiredVersion, to: &body)
                body.append(UInt8(ascii: "}"))
            }
            body.append(UInt8(ascii: "}"))
            return body
        }
    }

    private static func begun(_ version: UInt64, capacity: Int) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(capacity)
        body.append("{\"version\":")
        body.append(decimal: version)
        return body
    }

    /// The object at `node` with metadata of its own members only. A removed member is null and has no node (twins.md
    /// section 13).
    private static func append(
        _ node: Int, of tape: JSONTape, _ stamp: MetadataStamp, version: UInt64, to body: inout [UInt8]
    ) {
        body.append(contentsOf: tape.raw(node).dropLast())
        if tape[node].count > 0 { body.append(UInt8(ascii: ",")) }
        body.append("\"$metadata\":")
        appendMetadata(of: node, tape, stamp, isRoot: true, to: &body)
        body.append(",\"$version\":")
        body.append(decimal: version)
        body.append(UInt8(ascii: "}"))
    }

    private static func appendMetadata(
        of node: Int, _ tape: JSONTape, _ stamp: MetadataStamp, isRoot: Bool = false, to body: inout [UInt8]
    ) {
        let isBranch = isRoot || tape.kind(node) == .object && tape[node].count > 0
        body.append(UInt8(ascii: "{"))
        body.append(contentsOf: isBranch ? stamp.node : stamp.leaf)
        if isBranch {
            var key = node + 1
            while key < tape.next(node) {
                if tape.kind(key + 1) != .null {
                    body.append(UInt8(ascii: ","))
                    body.append(contentsOf: tape.raw(key))
                    body.append(UInt8(ascii: ":"))
                    appendMetadata(of: key + 1, tape, stamp, to: &body)
                }
                key = tape.next(key + 1)
            }
        }
        body.append(UInt8(ascii: "}"))
    }
}
