import JSON
import Vocabulary

/// A twin document as the service prints it: one buffer, and where its parts stand. What the hub keeps of a twin, and
/// what a GET writes to the socket.
public struct RenderedTwin: Sendable {
    /// The twin, its sections slices of the document.
    public let twin: Twin
    /// The member `"modelId":"…",`, comma included. The version stands behind it.
    let modelID: Extent
    /// Where the value of `etag` stands, inside its quotes.
    let etagStart: UInt32

    /// The document (twins.md section 1).
    public var bytes: [UInt8] { twin.buffer }

    /// Where in `bytes` the sections' values stand; nil for tags while there are none.
    public var sections: (tags: Range<Int>?, desired: Range<Int>, reported: Range<Int>) {
        let layout = twin.layout
        return (
            twin.hasTags ? layout.tags.range : nil, layout.desired.whole.range, layout.reported.whole.range
        )
    }

    init(twin: Twin, modelID: Extent, etagStart: Int) {
        self.twin = twin
        self.modelID = modelID
        self.etagStart = UInt32(etagStart)
    }

    /// Renders a twin with its identity's fields in the service's order. Tags are left out while there are none, so are
    /// the status's reason, scopes and configurations; `moduleId` stands on modules only, `capabilities` on devices only.
    public init(_ twin: Twin, _ identity: TwinIdentityFields) {
        var output: [UInt8] = []
        output.reserveCapacity(twin.sectionBytes + 768)
        output.append("{\"deviceId\":")
        JSONText.appendQuoted(identity.id.device, to: &output)
        if let module = identity.id.module { output.append(",\"moduleId\":", text: module) }
        output.append(",\"etag\":\"")
        let etagStart = output.count
        ETag.appendTwin(twin.updates, to: &output)
        output.append("\",\"deviceEtag\":")
        JSONText.appendQuoted(identity.deviceEtag, to: &output)
        output.append(",\"status\":", text: identity.status)
        if let reason = identity.statusReason { output.append(",\"statusReason\":", text: reason) }
        output.append(",\"statusUpdateTime\":", time: identity.statusUpdateTime)
        output.append(",\"connectionState\":", text: identity.connectionState)
        output.append(",\"lastActivityTime\":", time: identity.lastActivityTime)
        output.append(",\"cloudToDeviceMessageCount\":")
        output.append(decimal: identity.cloudToDeviceMessageCount)
        output.append(",\"authenticationType\":", text: identity.authenticationType)
        output.append(",\"x509Thumbprint\":{\"primaryThumbprint\":", text: identity.primaryThumbprint)
        output.append(",\"secondaryThumbprint\":", text: identity.secondaryThumbprint)
        output.append("},")
        let modelStart = output.count
        output.append("\"modelId\":", text: identity.modelID)
        output.append(UInt8(ascii: ","))
        let model = Extent(modelStart..<output.count)
        output.append("\"version\":")
        output.append(decimal: twin.version)
        let layout = Self.append(twin, to: &output)
        if !identity.id.isModule {
            output.append(",\"capabilities\":{\"iotEdge\":")
            output.append(identity.iotEdge ? "true}" : "false}")
        }
        if let scope = identity.deviceScope { output.append(",\"deviceScope\":", text: scope) }
        for (index, scope) in identity.parentScopes.enumerated() {
            output.append(index == 0 ? ",\"parentScopes\":[" : ",", text: scope)
        }
        if !identity.parentScopes.isEmpty { output.append(UInt8(ascii: "]")) }
        if let configurations = identity.configurations {
            output.append(",\"configurations\":")
            output.append(contentsOf: configurations)
        }
        output.append(UInt8(ascii: "}"))
        // Exactly as large as needed: twins stay in memory, the room that building took should not.
        let document = output.withUnsafeBufferPointer { Array($0) }
        self.init(twin: Twin(twin, in: document, layout), modelID: model, etagStart: etagStart)
    }

    /// The document once the twin has changed and nothing else has: what says who it is is copied as it stands.
    public func with(_ changed: Twin) -> RenderedTwin {
        var output: [UInt8] = []
        // Exactly as large as needed, but for tags that were not there and a digit more in the version.
        output.reserveCapacity(
            bytes.count - twin.sectionBytes + changed.sectionBytes + (changed.hasTags == twin.hasTags ? 1 : 16))
        output.append(contentsOf: bytes[..<Int(etagStart)])
        ETag.appendTwin(changed.updates, to: &output)
        output.append(contentsOf: bytes[output.count..<modelID.range.upperBound])
        output.append("\"version\":")
        output.append(decimal: changed.version)
        let layout = Self.append(changed, to: &output)
        // Behind the brace that ends the properties.
        output.append(contentsOf: bytes[(twin.layout.reported.whole.range.upperBound + 1)...])
        return RenderedTwin(twin: Twin(changed, in: output, layout), modelID: modelID, etagStart: Int(etagStart))
    }

    private static func append(_ twin: Twin, to output: inout [UInt8]) -> TwinLayout {
        var layout = TwinLayout()
        if twin.hasTags {
            output.append(",\"tags\":")
            layout.tags = twin.layout.tags.shifted(by: output.count - Int(twin.layout.tags.start))
            output.append(contentsOf: twin.tags)
        }
        output.append(",\"properties\":{\"desired\":")
        layout.desired = twin.layout.desired.shifted(by: output.count - Int(twin.layout.desired.whole.start))
        output.append(contentsOf: twin.desiredSection)
        output.append(",\"reported\":")
        layout.reported = twin.layout.reported.shifted(by: output.count - Int(twin.layout.reported.whole.start))
        output.append(contentsOf: twin.reportedSection)
        output.append(UInt8(ascii: "}"))
        return layout
    }
}

extension [UInt8] {
    /// A member's start as it stands, then a string, or null for nil.
    fileprivate mutating func append(_ start: StaticString, text: String?) {
        append(start)
        if let text { JSONText.appendQuoted(text, to: &self) } else { append("null") }
    }

    fileprivate mutating func append(_ start: StaticString, time: Timestamp) {
        append(start)
        append(UInt8(ascii: "\""))
        time.append(to: &self)
        append(UInt8(ascii: "\""))
    }
}
