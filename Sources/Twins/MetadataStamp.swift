import JSON
import Vocabulary

/// What a write leaves in `$metadata`: ready members for a node, without the braces around them (twins.md section 3).
struct MetadataStamp {
    /// For a section's root and the objects on the way to what is written.
    let node: [UInt8]
    /// For the values written.
    let leaf: [UInt8]

    /// `version` is the section's, where the section carries versions: desired does, reported does not.
    init(time: Timestamp, version: UInt64?, configuration: ConfigurationStamp? = nil) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.usualLength)
        bytes.append("\"$lastUpdated\":\"")
        time.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        if let version {
            bytes.append(",\"$lastUpdatedVersion\":")
            bytes.append(decimal: version)
        }
        node = bytes
        if let configuration {
            bytes.append(",\"$lastUpdatedBy\":")
            JSONText.appendQuoted(configuration.id, to: &bytes)
            bytes.append(",\"$lastUpdatedByDigest\":")
            JSONText.appendQuoted(configuration.digest, to: &bytes)
        }
        leaf = bytes
    }

    /// Bytes of a time and a version, without a configuration.
    private static let usualLength = 80
}
