import Hub
import Query

/// How many rows the queries of a configuration's metrics have.
struct MetricResults: Sendable {
    private(set) var system: [Int]
    private(set) var custom: [Int]

    /// Counts for several configurations while it goes once through everything.
    ///
    /// - Parameter areSettled: whether whoever a configuration targets shows it already.
    static func count(
        _ configurations: [Configuration], areSettled: Bool, in moment: HubMoment
    ) -> [MetricResults] {
        var counters: [(system: [MetricCounter], custom: [MetricCounter])] = configurations.map { configuration in
            // The first one's text may be too long for a query; the others ask what the configuration has come to somewhere.
            let system = configuration.systemQueries.enumerated().map { index, query in
                index == 0
                    ? MetricCounter(areSettled ? .shows(configuration) : .targets(configuration))
                    : MetricCounter((try? TwinQuery(parsing: query.text)).map { .query($0, of: configuration.id) })
            }
            return (system, configuration.metrics.map { MetricCounter(.query($0.query, of: nil)) })
        }
        guard !counters.isEmpty else { return [] }
        moment.forEach { occupant, document in
            let shown = occupant.configurations
            // In twins that show no configuration the system counts who should show one, and nothing else.
            let isBare = areSettled && shown.isEmpty
            for index in counters.indices {
                if !isBare {
                    for metric in counters[index].system.indices {
                        counters[index].system[metric].look(at: occupant, shown, document)
                    }
                }
                for metric in counters[index].custom.indices {
                    counters[index].custom[metric].look(at: occupant, shown, document)
                }
            }
        }
        return counters.map { MetricResults(system: $0.system.map(\.count), custom: $0.custom.map(\.count)) }
    }
}

/// Counts the rows of one query.
private struct MetricCounter {
    enum Question {
        /// Which twins the configuration is for.
        case targets(Configuration)
        /// Which twins that it may be for show the configuration; the modules of an edge device show its deployments too.
        case shows(Configuration)
        /// Which rows there are, of twins that show this configuration or, where it is nil, of all.
        case query(TwinQuery, of: ConfigurationID?)
    }

    /// Nil where nothing is counted.
    private let question: Question?
    private var rows = 0
    private var aggregation: Aggregation?

    init(_ question: Question?) {
        self.question = question
        if case .query(let query, _) = question, query.isAggregate { aggregation = Aggregation(of: query) }
    }

    mutating func look(at occupant: Occupant, _ shown: [ConfigurationStanding], _ document: DocumentView) {
        switch question {
        case .targets(let configuration):
            if configuration.targets(occupant, document) { rows += 1 }
        case .shows(let configuration):
            guard configuration.isFor(modules: occupant.isModule) else { return }
            if shown.contains(where: { $0.number == configuration.number }) { rows += 1 }
        case .query(let query, let configuration):
            guard (query.collection == .modules) == occupant.isModule else { return }
            if let configuration, !shown.contains(where: { $0.id == configuration }) { return }
            guard query.matches(document) else { return }
            rows += 1
            // Groups that are too many to be told apart are not counted further.
            try? aggregation?.add(document)
        case nil: return
        }
    }

    var count: Int {
        if let aggregation { return aggregation.rows.count }
        guard case .query(let query, _) = question, let top = query.top else { return rows }
        return min(top, rows)
    }
}
