import Query

extension Entity {
    /// The twin as queries and conditions see it.
    public var queryDocument: QueryDocument {
        let sections = document.sections
        return QueryDocument(
            twin: document.bytes, tags: sections.tags, desired: sections.desired, reported: sections.reported,
            isModule: id.isModule)
    }
}
