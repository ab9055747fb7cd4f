import JSON
import Query

/// How the rows of a query are found, for those who wonder why one is slow. TwinHub's own: the real hub explains nothing.
struct QueryExplanation: Sendable {
    let document: [UInt8]

    /// `{"access":"scan"|"index","paths":[{"path","indexed"}],"candidates":n,"matches":n}`. `paths` are those whose values the
    /// condition bounds, which are indexed once it has been asked; `candidates` are the twins that were looked at.
    init(_ search: TwinIndexes.Search, _ paths: [(path: PropertyPath, isIndexed: Bool)]) {
        var json = JSONWriter()
        json.beginObject()
        json.key("access")
        json.value(search.isByIndex ? "index" : "scan")
        json.key("paths")
        json.beginArray()
        for (path, isIndexed) in paths {
            json.beginObject()
            json.key("path")
            json.value(path.description)
            json.key("indexed")
            json.value(isIndexed)
            json.endObject()
        }
        json.endArray()
        json.key("candidates")
        json.value(search.candidates)
        json.key("matches")
        json.value(search.matches)
        json.endObject()
        document = json.bytes
    }
}
