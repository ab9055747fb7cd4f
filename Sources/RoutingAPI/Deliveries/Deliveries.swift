import Dispatch
import Events
import Glibc
import Hub
import Reactor
import Routing
import Synchronization
import Vocabulary

/// Keeps a delivery for each endpoint that is more than a name, as the hub's owner declares them.
public final class Deliveries: Sendable {
    /// Folders of the data folder. They are two, so that no endpoint's name can be in the way.
    public struct Places: Sendable {
        /// Where endpoints that are folders stand, each by its name.
        var files: String
        /// Where it stands how far each endpoint has got.
        var cursors: String
        /// What the files of one endpoint may hold together, in bytes.
        var bytesPerEndpoint: Int

        public init(files: String, cursors: String, bytesPerEndpoint: Int) {
            self.files = files
            self.cursors = cursors
            self.bytesPerEndpoint = bytesPerEndpoint
        }
    }

    private struct Sources {
        var hub: Hub
        var store: EventStore
        /// Where webhooks are dialled from.
        var shard: Shard
    }

    private struct State {
        var sources: Sources?
        var running: [EndpointDelivery] = []
        var declarations = Declarations()
        var isStopped = false
    }
    private let state = Mutex(State())
    /// One thing at a time, and none of it on a shard: to stop a delivery waits for its disk.
    private let queue = DispatchQueue(label: "twinhub.endpoints", qos: .utility)
    private let places: Places?
    private let cursors: DeliveryCursors
    private let webhookRetry: RetryPolicy
    private let environment: Environment
    private let report: @Sendable (String) -> Void

    /// - Parameter places: nil where nothing is kept on disk.
    public init(
        _ places: Places?, webhookRetry: RetryPolicy, environment: Environment,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.places = places
        cursors = DeliveryCursors(folder: places?.cursors)
        self.webhookRetry = webhookRetry
        self.environment = environment
        self.report = report
    }

    /// From now on events are delivered, also to what has been declared until now.
    public func follow(_ store: EventStore, of hub: Hub, on shard: Shard) {
        state.withLock { $0.sources = Sources(hub: hub, store: store, shard: shard) }
        queue.sync { reconcile() }
        state.withLock { $0.declarations.endAll() }
    }

    /// Delivers nothing more.
    public func stop() {
        let running = state.withLock { state in
            defer { state.running = [] }
            state.isStopped = true
            return state.running
        }
        for delivery in running { delivery.stop() }
    }

    /// To be called before the hub is given another declaration: endpoints that are new in it get what comes from now on, and
    /// nothing that lies in the store already, which may be of a feed of the same name.
    @discardableResult
    public func declaring(to hub: Hub, _ store: EventStore) -> Declarations.Ticket {
        let known = Set(RoutingPlan(of: hub).endpoints.filter { $0.kind != .feed }.map(\.name))
        let sequence = store.lastSequence
        return state.withLock { $0.declarations.begin(after: sequence, known: known) }
    }

    /// Tells that the hub has the declaration, or has refused it.
    func declared(_ ticket: Declarations.Ticket) {
        queue.async {
            self.reconcile()
            self.state.withLock { $0.declarations.end(ticket) }
        }
    }

    /// - Throws: 501 for a route of events that there are none of, 400 for an endpoint that cannot be had here.
    public func check(_ plan: RoutingPlan) throws(HubError) {
        if let route = plan.routes.first(where: { !$0.source.isEmitted }) {
            throw HubError(
                .notImplemented, "TwinHub has no \(route.source.routingName), which route '\(route.name)' is to bring.")
        }
        guard places == nil, let endpoint = plan.endpoints.first(where: { $0.kind == .folder }) else { return }
        throw HubError(.argumentInvalid, "Endpoint '\(endpoint.name)' is a folder, and this hub keeps nothing on disk.")
    }

    private func reconcile() {
        guard let sources = state.withLock({ $0.sources }) else { return }
        let wanted = RoutingPlan(of: sources.hub).endpoints
        let (running, gone) = state.withLock { state in
            let gone = state.running.filter { !wanted.contains($0.endpoint) }
            state.running.removeAll { delivery in gone.contains { $0 === delivery } }
            return (state.running.map(\.endpoint), gone)
        }
        for delivery in gone { delivery.stop() }
        for endpoint in wanted where !running.contains(endpoint) {
            guard let (target, retry) = target(of: endpoint, sources.shard) else { continue }
            let cursor = cursors.cursor(of: endpoint.name, declared: Set(wanted.map(\.name)))
            // At once, so that a crash before the first message does not begin it at another place.
            if cursor.read() == nil { cursor.write(state.withLock { $0.declarations.start(of: endpoint.name) }) }
            let delivery = EndpointDelivery(
                to: endpoint, target, retry, cursor, from: sources.store, environment: environment,
                report: report)
            let isLate = state.withLock { state in
                if !state.isStopped { state.running.append(delivery) }
                return state.isStopped
            }
            if isLate { delivery.stop() }
        }
    }

    /// Nil where nothing has to be brought there.
    private func target(of endpoint: CustomEndpoint, _ shard: Shard) -> (any DeliveryTarget, RetryPolicy)? {
        switch endpoint.kind {
        case .feed: return nil
        case .folder:
            return places.map { places in
                let path = "\(places.files)/\(endpoint.name)"
                return (FolderTarget(path: path, keeping: places.bytesPerEndpoint), RetryPolicy())
            }
        case .webhook(let address):
            do throws(TLSError) {
                return (try WebhookTarget(address, named: endpoint.name, on: shard), webhookRetry)
            } catch {
                report("endpoint '\(endpoint.name)': \(error)")
                return nil
            }
        }
    }

    // MARK: Health

    /// Of each endpoint, in the order of their declaration. A name to read by is always well.
    func health(of plan: RoutingPlan) -> [(name: String, health: EndpointHealth)] {
        let running = state.withLock { $0.running }
        return plan.endpoints.compactMap { endpoint in
            guard endpoint.kind != .feed else { return nil }
            let delivery = running.first { $0.endpoint == endpoint }
            return (endpoint.name, delivery?.health ?? EndpointHealth())
        }
    }
}
