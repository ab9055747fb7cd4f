import JSON
import Query
import Twins
import Vocabulary

/// An automatic device configuration or edge deployment (rest.md section 11). Its content never changes; everything else does.
public struct Configuration: Sendable {
    public let id: ConfigurationID
    /// Grows from configuration to configuration, so that the newer of two is known, and a later one of the same id from this.
    public let number: UInt64
    public let created: Timestamp
    public internal(set) var updated: Timestamp
    /// Counts its changes from 1.
    var etagCounter: UInt64
    /// The registry's revision since which twins may have to be looked at because of it.
    var revision: UInt64
    var draft: ConfigurationDraft

    public var etag: String { ETag.decimal(etagCounter) }
    public var schemaVersion: String? { draft.schemaVersion }
    /// An object of texts; nil where there are none.
    public var labels: [UInt8]? { draft.labels }
    public var content: ConfigurationContent { draft.content }
    public var target: TargetCondition { draft.target }
    public var priority: Int { draft.priority }
    public var metrics: [ConfigurationMetric] { draft.metrics }

    /// What stands in the metadata of the properties that it has written (twins.md section 3).
    var stamp: ConfigurationStamp { ConfigurationStamp(id: id.description, digest: content.digest) }

    /// Whether it prevails where both want to write: the larger priority, then the newer one (query.md section 9).
    func prevails(over other: Configuration) -> Bool {
        priority == other.priority ? number > other.number : priority > other.priority
    }

    /// Whether it is for this twin. An edge deployment is for edge devices only.
    public func targets(_ entity: Entity) -> Bool {
        isFor(modules: entity.isModule) && (content.kind != .modules || entity.identity.iotEdge)
            && entity.withQueryDocument(target.matches)
    }

    /// Whether it is for devices, or for modules.
    public func isFor(modules: Bool) -> Bool { (content.kind == .module) == modules }

    /// The same of somebody of whom no more has been read than his twin.
    public func targets(_ occupant: Occupant, _ document: DocumentView) -> Bool {
        isFor(modules: occupant.isModule) && target.matches(document)
            && (content.kind != .modules || occupant.entity.identity.iotEdge)
    }
}

extension Configuration {
    /// As the log and snapshots keep it.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.value(id.description)
        json.key("number")
        json.value(number)
        json.key("created")
        json.value(created.description)
        json.key("updated")
        json.value(updated.description)
        json.key("etagCounter")
        json.value(etagCounter)
        json.key("revision")
        json.value(revision)
        writeDraft(to: &json)
        json.key("priority")
        json.value(priority)
        writeMetrics(to: &json)
        json.endObject()
    }

    /// What back ends see of it, from `id` to `priority`, in the service's order (rest.md section 11.1).
    public func writeMembers(to json: inout JSONWriter) {
        json.key("id")
        json.value(id.description)
        writeDraft(to: &json)
        json.key("createdTimeUtc")
        json.value(created.description)
        json.key("lastUpdatedTimeUtc")
        json.value(updated.description)
        json.key("priority")
        json.value(priority)
    }

    /// `"metrics":{"queries":{…}}`.
    public func writeMetrics(to json: inout JSONWriter) {
        json.key("metrics")
        json.beginObject()
        json.key("queries")
        json.beginObject()
        for metric in metrics {
            json.key(metric.name)
            json.value(metric.text)
        }
        json.endObject()
        json.endObject()
    }

    private func writeDraft(to json: inout JSONWriter) {
        json.key("schemaVersion")
        json.value(schemaVersion)
        json.key("labels")
        if let labels { json.raw(labels) } else { json.null() }
        json.key("content")
        json.raw(content.json)
        json.key("targetCondition")
        json.value(target.text)
    }

    init(record body: JSONValue) throws(RecordError) {
        guard let id = body["id"]?.string, let number = body["number"]?.counter,
            let created = body["created"]?.string.flatMap({ Timestamp($0) }),
            let updated = body["updated"]?.string.flatMap({ Timestamp($0) }),
            let etagCounter = body["etagCounter"]?.counter, let revision = body["revision"]?.counter
        else { throw RecordError("configuration") }
        self.id = ConfigurationID(trusted: id)
        self.number = number
        self.created = created
        self.updated = updated
        self.etagCounter = etagCounter
        self.revision = revision
        do {
            draft = try ConfigurationDraft(body, of: self.id)
        } catch {
            throw RecordError("configuration: \(error)")
        }
    }
}
