import JSON
import Vocabulary

extension Twin {
    /// The twin as the events tell of it that show all of it: creation and deletion, and a PUT's `replaceTwin` (twins.md
    /// section 11): `{"deviceId","moduleId","etag","version","tags","properties":{"desired","reported"}}` with metadata, and
    /// without what belongs to the identity.
    public func writeEventBody(of id: TwinID, to output: inout [UInt8]) {
        output.append("{\"deviceId\":")
        JSONText.appendQuoted(id.device, to: &output)
        if let module = id.module {
            output.append(",\"moduleId\":")
            JSONText.appendQuoted(module, to: &output)
        }
        output.append(",\"etag\":\"")
        ETag.appendTwin(updates, to: &output)
        output.append("\",\"version\":")
        output.append(decimal: version)
        if hasTags {
            output.append(",\"tags\":")
            output.append(contentsOf: tags)
        }
        output.append(",\"properties\":{\"desired\":")
        output.append(contentsOf: desiredSection)
        output.append(",\"reported\":")
        output.append(contentsOf: reportedSection)
        output.append("}}")
    }

    public func eventBody(of id: TwinID) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(buffer.count + 256)
        writeEventBody(of: id, to: &output)
        return output
    }

    /// What the creation event of an identity without content shows: every time in it is `0001-01-01T00:00:00Z` (twins.md
    /// section 3).
    public static func announced(_ seed: TwinSeed?, at time: Timestamp) throws(HubError) -> Twin {
        guard let seed else { return fresh(at: .never, kind: .module) }
        return try seeded(seed, at: time, kind: .module)
    }
}
