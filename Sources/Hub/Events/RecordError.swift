/// A record of the log whose checksum is right and whose content is not what this version writes.
public struct RecordError: Error, CustomStringConvertible {
    public let description: String
    init(_ member: String) { description = "the record's '\(member)' is missing or not what it must be" }
}
