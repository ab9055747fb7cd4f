/// A request's `If-Match` and `If-None-Match`, as they came.
public struct BlobConditions: Sendable {
    public var match: String?
    public var noneMatch: String?

    public init(match: String? = nil, noneMatch: String? = nil) {
        self.match = match
        self.noneMatch = noneMatch
    }

    /// Whether a blob may be written over what is there; nil is nothing.
    func checkWrite(_ current: BlobProperties?) throws(BlobFailure) {
        if let match, !Self.names(match, current) { throw .conditionNotMet }
        guard let noneMatch, Self.names(noneMatch, current) else { return }
        throw noneMatch == "*" ? .alreadyExists : .conditionNotMet
    }

    func checkRead(_ current: BlobProperties) throws(BlobFailure) {
        if let match, !Self.names(match, current) { throw .conditionNotMet }
        if let noneMatch, Self.names(noneMatch, current) { throw .notModified }
    }

    private static func names(_ condition: String, _ blob: BlobProperties?) -> Bool {
        guard let blob else { return false }
        if condition == "*" { return true }
        return condition.split(separator: ",").contains { entry in
            let entry = entry.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            return entry.elementsEqual(blob.etag) || entry.elementsEqual(blob.etag.dropFirst().dropLast())
        }
    }
}
