import Hub
import Query

/// How many rows the queries of a configuration's metrics have.
struct MetricResults: Sendable {
    private(set) var system: [Int]
    private(set) var custom: [Int]

    /// Counts for several configurations while it goes once through everything.
    static func count(_ configurations: [Configuration], in moment: HubMoment) -> [MetricResults] {
        var counters: [(system: [MetricCounter], custom: [MetricCounter])] = configurations.map { configuration in
            let system = configuration.systemQueries.compactMap { try? TwinQuery(parsing: $0.text) }
            return (
                system.enumerated().map { index, query in
                    // All but the first ask what the configuration has come to somewhere.
                    MetricCounter(query, of: index == 0 ? nil : configuration.id)
                },
                configuration.metrics.map { MetricCounter($0.query, of: nil) }
            )
        }
        for modules in [false, true] where !counters.isEmpty {
            moment.forEach(modules: modules) { entity in
                let document = entity.queryDocument
                for index in counters.indices {
                    for metric in counters[index].system.indices {
                        counters[index].system[metric].look(at: entity, document)
                    }
                    for metric in counters[index].custom.indices {
                        counters[index].custom[metric].look(at: entity, document)
                    }
                }
                return true
            }
        }
        return counters.map { MetricResults(system: $0.system.map(\.count), custom: $0.custom.map(\.count)) }
    }
}

/// Counts the rows of one query.
private struct MetricCounter {
    private let query: TwinQuery
    /// Only twins that this configuration targets can be among the rows; nil where any can.
    private let configuration: ConfigurationID?
    private var rows = 0
    private var aggregation: Aggregation?

    init(_ query: TwinQuery, of configuration: ConfigurationID?) {
        self.query = query
        self.configuration = configuration
        aggregation = query.isAggregate ? Aggregation(of: query) : nil
    }

    mutating func look(at entity: Entity, _ document: QueryDocument) {
        guard (query.collection == .modules) == entity.id.isModule else { return }
        if let configuration, !entity.configurations.contains(where: { $0.id == configuration }) { return }
        guard query.matches(document) else { return }
        rows += 1
        // Groups that are too many to be told apart are not counted further.
        try? aggregation?.add(document)
    }

    var count: Int {
        if let aggregation { return aggregation.rows.count }
        return query.top.map { min($0, rows) } ?? rows
    }
}
