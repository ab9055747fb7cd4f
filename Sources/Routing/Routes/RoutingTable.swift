import Events
import JSON
import Query

/// A plan made ready for events: for each source who is to be asked, and what has to be read for that.
struct RoutingTable: Sendable {
    private struct Lane: Sendable {
        var routes: [MessageRoute] = []
        var fallback: MessageRoute?
        /// Whether the sender's twin has a part in where an event goes, or in what is added to it.
        var readsTwin = false
        var readsBody = false
    }

    private let lanes: [EventSource: Lane]
    private let enrichments: [MessageEnrichment]

    init(_ routes: [MessageRoute], _ fallback: MessageRoute, _ enrichments: [MessageEnrichment]) {
        self.enrichments = enrichments
        let addsOfTwin = enrichments.contains { if case .twin = $0.value { true } else { false } }
        var lanes: [EventSource: Lane] = [:]
        for source in EventSource.allCases {
            var lane = Lane()
            lane.routes = routes.filter { $0.isEnabled && $0.source == source }
            if source == fallback.source, fallback.isEnabled { lane.fallback = fallback }
            let asked = lane.routes + [lane.fallback].compactMap { $0 }
            // What nobody takes is looked into by nobody.
            lane.readsTwin = !asked.isEmpty && addsOfTwin || asked.contains { $0.condition.readsTwin }
            lane.readsBody = asked.contains { $0.condition.readsBody }
            lanes[source] = lane
        }
        self.lanes = lanes
    }

    func readsTwin(_ source: EventSource) -> Bool { lanes[source]?.readsTwin == true }

    /// The routes that take a message, in the order in which they are declared; the fallback where none does.
    func routes(taking message: RouteMessage, of source: EventSource) -> [MessageRoute] {
        guard let lane = lanes[source] else { return [] }
        let taking = lane.routes.filter { $0.condition.result(for: message) == .true }
        guard taking.isEmpty, let fallback = lane.fallback, fallback.condition.result(for: message) == .true else {
            return taking
        }
        return [fallback]
    }

    /// Says where the event goes. The event's properties become what the built-in endpoint gets.
    func route(_ event: inout DeviceEvent, twin: [UInt8]?) {
        let readsBody = lanes[event.source]?.readsBody == true
        let message = RouteMessage(of: event, readingBody: readsBody, twin: twin)
        var routing = EventRouting(endpoints: [])
        for route in routes(taking: message, of: event.source) where !routing.endpoints.contains(route.endpoint) {
            routing.endpoints.append(route.endpoint)
        }
        for enrichment in enrichments {
            let endpoints = enrichment.endpoints.filter(routing.endpoints.contains)
            guard !endpoints.isEmpty else { continue }
            var added = EventRouting.Enrichment(
                name: enrichment.key, value: enrichment.resolve(message), endpoints: endpoints)
            if endpoints.contains(EventRouting.builtIn) {
                added.original = event.properties.all.first { $0.name == added.name }.map { $0.value ?? "" }
                event.properties.set(added.name, added.value)
            }
            routing.enrichments.append(added)
        }
        event.routing = routing
    }
}

extension RouteMessage {
    init(of event: DeviceEvent, readingBody: Bool, twin: [UInt8]?) {
        self.init(
            application: event.properties.all.map { ($0.name, $0.value ?? "") },
            system: event.systemProperties.all.map { (SystemPropertyName.routed($0.name), $0.value ?? "") },
            body: readingBody ? event.body : [], twin: twin)
    }
}
