import JSON

extension TwinQuery {
    /// Writes the row of a document: the document itself, or one object of the selected paths. What is undefined is left out
    /// (query.md section 3).
    public func writeRow(of document: QueryDocument, to json: inout JSONWriter) {
        guard !selectsDocuments else { return json.raw(document.text) }
        let evaluator = Evaluator(document)
        json.beginObject()
        for case .path(let path, let name) in items {
            guard evaluator.value(at: path) != .undefined, let text = evaluator.text(at: path) else { continue }
            json.key(name)
            json.raw(text)
        }
        json.endObject()
    }
}
