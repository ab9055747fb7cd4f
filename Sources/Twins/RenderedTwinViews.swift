import Vocabulary

extension RenderedTwin {
    /// The document for a back end; without `modelId` for api-versions before 2020-09-30 (rest.md section 8).
    public func writeServiceView(withoutModelID: Bool = false, to output: inout [UInt8]) {
        guard withoutModelID else { return output.append(contentsOf: bytes) }
        output.append(contentsOf: bytes[..<modelID.range.lowerBound])
        output.append(contentsOf: bytes[modelID.range.upperBound...])
    }

    /// What the device itself reads: `{"desired":{…,"$version":n},"reported":{…,"$version":n}}`, no identity, no tags, no
    /// metadata (twins.md section 2).
    public func writeDeviceView(to output: inout [UInt8]) { twin.writeDeviceView(to: &output) }

    /// `{…,"$version":n}`.
    public func writeDesired(to output: inout [UInt8]) { twin.writeDesired(to: &output) }
}

extension Twin {
    /// What the device itself reads: `{"desired":{…,"$version":n},"reported":{…,"$version":n}}`.
    public func writeDeviceView(to output: inout [UInt8]) {
        output.append("{\"desired\":")
        writeDesired(to: &output)
        output.append(",\"reported\":")
        writeReported(to: &output)
        output.append(UInt8(ascii: "}"))
    }

    /// The desired properties with `$version`, without metadata.
    public func writeDesired(to output: inout [UInt8]) { write(layout.desired, desiredVersion, to: &output) }

    /// The reported properties with `$version`, without metadata.
    public func writeReported(to output: inout [UInt8]) { write(layout.reported, reportedVersion, to: &output) }

    private func write(_ section: SectionLayout, _ version: UInt64, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        output.append(contentsOf: buffer[section.members.range])
        output.append(section.members.isEmpty ? "\"$version\":" : ",\"$version\":")
        output.append(decimal: version)
        output.append(UInt8(ascii: "}"))
    }
}
