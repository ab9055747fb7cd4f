import Defender
import JSON
import Journal
import Vocabulary

/// A finding that was opened, updated or closed, with its place in the feed.
struct FindingNews: Numbered {
    let sequence: UInt64
    let device: String
    let change: FindingChange

    /// About how many bytes of memory it takes.
    var footprint: Int {
        let finding = change.finding
        return Self.overhead + finding.text.utf8.count + (finding.evidence.data?.count ?? 0)
    }
    private static let overhead = 512

    /// `{"sequence","deviceId","change":"opened"|"updated"|"closed","finding":{…}}`, the finding as `Finding` writes it.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("sequence")
        json.value(sequence)
        json.key("deviceId")
        json.value(device)
        json.key("change")
        json.value(change.name)
        json.key("finding")
        change.finding.write(to: &json)
        json.endObject()
    }
}
