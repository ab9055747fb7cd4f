import JSON
import Vocabulary

extension RenderedTwin {
    /// The twin as Plug and Play sees it (rest.md section 14): desired and reported in one tree of components and
    /// properties, how far they agree in `$metadata`. A device without a model has one too, with an empty `$model`.
    public func digitalTwin() throws(HubError) -> [UInt8] {
        do throws(JSONError) {
            let root = try JSONDocument(parsing: bytes).root
            var writer = DigitalTwinWriter(capacity: bytes.count)
            writer.write(root)
            return writer.json.bytes
        } catch {
            throw .unreadableTwin(error)
        }
    }
}

/// Writes a twin's properties level by level: the root, and each component.
private struct DigitalTwinWriter {
    var json: JSONWriter

    init(capacity: Int) { json = JSONWriter(capacity: capacity) }

    mutating func write(_ twin: JSONValue) {
        json.beginObject()
        json.key("$dtId")
        json.value(twin["deviceId"]?.string)
        let properties = twin["properties"]
        let level = DigitalTwinLevel(desired: properties?["desired"], reported: properties?["reported"])
        writeMembers(of: level, model: twin["modelId"]?.string ?? "")
        json.endObject()
    }

    /// The members of a level and, behind them, its `$metadata`.
    private mutating func writeMembers(of level: DigitalTwinLevel, model: String? = nil) {
        var metadata = JSONWriter()
        metadata.beginObject()
        if let model {
            metadata.key("$model")
            metadata.value(model)
        }
        for name in level.names {
            // Components have no components of their own.
            if model != nil, let component = level.component(name) {
                // One that has lost its last property is gone, though its mark stays.
                guard !component.names.isEmpty else { continue }
                json.key(name)
                json.beginObject()
                writeMembers(of: component)
                json.endObject()
            } else {
                writeProperty(name, of: level, to: &metadata)
            }
        }
        metadata.endObject()
        json.key("$metadata")
        json.raw(metadata.bytes)
    }

    /// The value is what the device reports; what it is asked for stands in the metadata only, until it has.
    private mutating func writeProperty(_ name: String, of level: DigitalTwinLevel, to metadata: inout JSONWriter) {
        metadata.key(name)
        metadata.beginObject()
        if let desired = level.desired.values[name] {
            metadata.key("desiredValue")
            metadata.raw(desired.raw)
            if let version = level.desired.stamps[name]?["$lastUpdatedVersion"] {
                metadata.key("desiredVersion")
                metadata.raw(version.raw)
            }
        }
        if let reported = level.reported.values[name] {
            let acknowledgement = PropertyAcknowledgement(reported)
            json.key(name)
            json.raw((acknowledgement?.value ?? reported).raw)
            if let acknowledgement { Self.write(acknowledgement, to: &metadata) }
            if let time = level.reported.stamps[name]?["$lastUpdated"] {
                metadata.key("lastUpdateTime")
                metadata.raw(time.raw)
            }
        }
        metadata.endObject()
    }

    private static func write(_ acknowledgement: PropertyAcknowledgement, to metadata: inout JSONWriter) {
        if let version = acknowledgement.version {
            metadata.key("ackVersion")
            metadata.raw(version.raw)
        }
        metadata.key("ackCode")
        metadata.raw(acknowledgement.code.raw)
        if let description = acknowledgement.description {
            metadata.key("ackDescription")
            metadata.raw(description.raw)
        }
    }
}
