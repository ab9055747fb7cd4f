import JSON

extension JSONValue {
    /// A section of a twin, which is JSON always.
    init(section: ArraySlice<UInt8>) {
        do {
            self = try JSONDocument(parsing: Array(section)).root
        } catch {
            preconditionFailure("a twin's section is not JSON: \(error)")
        }
    }
}
