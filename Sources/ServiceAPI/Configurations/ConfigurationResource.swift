import Hub
import JSON

extension Configuration {
    /// As the service shows it, members in its order (rest.md section 11.1). Without results where nothing has been counted.
    func writeResource(_ results: MetricResults?, to json: inout JSONWriter) {
        json.beginObject()
        writeMembers(to: &json)
        json.key("systemMetrics")
        Self.write(systemQueries, results?.system, to: &json)
        json.key("metrics")
        Self.write(metrics.map { ($0.name, $0.text) }, results?.custom, to: &json)
        json.key("etag")
        json.value(etag)
        json.endObject()
    }

    private static func write(_ queries: [(name: String, text: String)], _ results: [Int]?, to json: inout JSONWriter) {
        json.beginObject()
        json.key("results")
        json.beginObject()
        for (query, result) in zip(queries, results ?? []) {
            json.key(query.name)
            json.value(result)
        }
        json.endObject()
        json.key("queries")
        json.beginObject()
        for query in queries {
            json.key(query.name)
            json.value(query.text)
        }
        json.endObject()
        json.endObject()
    }
}
