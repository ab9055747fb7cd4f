import JSON
import Vocabulary

extension JSONValue {
    /// An instant in a record; nil where the member is missing.
    func time(_ member: String) throws(RecordError) -> Timestamp? {
        guard let value = self[member] else { return nil }
        guard let time = value.string.flatMap({ Timestamp($0) }) else { throw RecordError(member) }
        return time
    }
}
