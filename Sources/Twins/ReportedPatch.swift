import JSON
import Vocabulary

/// A device's or module's patch of its reported properties, checked: members are merged, null removes (twins.md
/// section 5). Its errors are shaped for the device channel.
public struct ReportedPatch: Sendable {
    let document: JSONDocument

    /// Reads the bare object of reported properties. Throws the texts of twins.md section 7; `$metadata` and `$version`
    /// are names that a device cannot write.
    public init(body: JSONDocument, limits: TwinLimits = .current) throws(HubError) {
        guard body.root.kind == .object else { throw .notAnObject(envelope: .numeric) }
        var output: [UInt8] = []
        output.reserveCapacity(body.bytes.count)
        try body.withTape { tape throws(HubError) in
            var reader = PropertyReader(
                tape, limits: limits, nulls: .remove, skipsReadOnly: false, envelope: .numeric)
            try reader.copySection(0, to: &output)
        }
        document = try KeptDocument.parse(output, of: body, envelope: .numeric)
    }

    /// The patch as the hub logs it. `init(body:)` reads it back.
    public var json: [UInt8] { document.bytes }
}
