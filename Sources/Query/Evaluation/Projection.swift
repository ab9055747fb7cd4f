import JSON

extension TwinQuery {
    /// Writes the row of a document: the document itself, or one object of the selected paths. What is undefined is left out
    /// (query.md section 3).
    public func writeRow(of document: DocumentView, to json: inout JSONWriter) {
        if selectsDocuments {
            return document.layout.isModule ? json.raw(document.moduleText) : json.raw(document.text)
        }
        json.beginObject()
        for case .path(let path, let name) in items {
            guard let place = document.definedPlace(of: path) else { continue }
            json.key(name)
            json.raw(place.text)
        }
        json.endObject()
    }
}
