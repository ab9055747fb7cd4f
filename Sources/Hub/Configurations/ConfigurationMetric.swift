import JSON
import Query
import Vocabulary

/// A query whose number of rows tells how a configuration fares.
public struct ConfigurationMetric: Sendable {
    public let name: String
    public let text: String
    public let query: TwinQuery

    /// - Throws: why the text is no query.
    public init(name: String, text: String) throws(QueryError) {
        self.name = name
        self.text = text
        query = try TwinQuery(parsing: text)
        guard query.collection != .jobs else {
            throw QueryError(line: 1, column: 0, reason: "A metric counts devices or modules, not jobs")
        }
    }

    /// The member `metrics.queries` of a configuration, by name.
    static func list(_ value: JSONValue?) throws(HubError) -> [Self] {
        guard let value, !value.isNull else { return [] }
        guard value.kind == .object else { throw .badMember("queries") }
        guard value.count <= ConfigurationDraft.maximumMetrics else {
            throw HubError(
                .invalidConfigurationCustomMetricsQuery,
                "A configuration has at most \(ConfigurationDraft.maximumMetrics) metrics.")
        }
        var metrics: [Self] = []
        for (name, query) in value.members {
            guard let text = query.string else {
                throw HubError(.invalidConfigurationCustomMetricsQuery, "The query of '\(name)' is no text.")
            }
            metrics.removeAll { $0.name == name }
            do throws(QueryError) {
                metrics.append(try Self(name: name, text: text))
            } catch {
                throw HubError(.invalidConfigurationCustomMetricsQuery, "\(name): \(error)")
            }
        }
        return metrics
    }
}
