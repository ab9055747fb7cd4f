import Defender
import Dispatch
import Endpoints
import Hub
import JSON
import Synchronization
import Vocabulary

/// Remembers, for every security module, what its agent has been handed and since when the agent does not do what its twin says.
///
/// Lives with the process: an agent that connects again after a restart of the hub reads its twin, and is known again. Deliveries
/// are taken in on the shard that makes them; drift is looked at on a queue of its own, once for as many changes as have piled up.
public final class AgentLedger: TwinDeliveries, HubSubscriber {
    /// Modules that are followed; further ones stand as waiting.
    static let modulesFollowed = 200_000

    private struct Entry {
        var agents: [FollowedAgent]
        /// When each key of each agent began to drift.
        var drifting: [AgentKind: [String: Timestamp]] = [:]
    }

    private struct State {
        var hub: Hub?
        var entries: [TwinID: Entry] = [:]
        /// Modules whose drift is to be looked at; each stands here once.
        var changed: Set<TwinID> = []
        var isScheduled = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "twinhub.agents", qos: .utility)
    private let environment: Environment

    public init(environment: Environment) { self.environment = environment }

    /// Follows the hub's changes from now on. The endpoints are put together before there is a hub.
    public func follow(_ hub: Hub) {
        state.withLock { $0.hub = hub }
        hub.watchFeed(hub.subscribe(self), true)
    }

    // MARK: What happens

    public func delivered(twin entity: Entity) {
        guard let module = SecurityModule(of: entity.id),
            let desired = try? JSONDocument(parsing: Array(entity.twin.desired)).root
        else { return }
        take(
            ConfigurationDelivery(.document, version: entity.twin.desiredVersion, desired: desired, of: module),
            entity.id, module)
    }

    public func delivered(patch: [UInt8], version: UInt64, to id: TwinID) {
        guard let module = SecurityModule(of: id), let desired = try? JSONDocument(parsing: patch).root else { return }
        take(ConfigurationDelivery(.patch, version: version, desired: desired, of: module), id, module)
    }

    private func take(_ delivery: ConfigurationDelivery, _ id: TwinID, _ module: SecurityModule) {
        state.withLock { state in
            guard state.entries[id] != nil || state.entries.count < Self.modulesFollowed else { return }
            var entry = state.entries.removeValue(forKey: id) ?? Entry(agents: module.agents.map(FollowedAgent.init))
            for index in entry.agents.indices { entry.agents[index].receive(delivery) }
            state.entries[id] = entry
        }
        look(at: [id])
    }

    /// Every event of the hub; what concerns a security module is looked at.
    public func deliver(_ delivery: Delivery) {
        var ids: [TwinID] = []
        for recorded in delivery.events {
            switch recorded.event {
            case .identityDeleted(let id, _, _): forget(id)
            case .reset: state.withLock { $0.entries.removeAll() }
            case .twinPatched(let id, _, _), .twinReplaced(let id, _, _), .twinReported(let id, _, _):
                if SecurityModule(of: id) != nil { ids.append(id) }
            default: continue
            }
        }
        if !ids.isEmpty { look(at: ids) }
    }

    private func forget(_ id: TwinID) {
        state.withLock { state in
            state.entries[id] = nil
            state.changed.remove(id)
        }
    }

    // MARK: Drift

    private func look(at ids: [TwinID]) {
        let schedule = state.withLock { state in
            for id in ids where state.entries[id] != nil { state.changed.insert(id) }
            guard !state.changed.isEmpty, !state.isScheduled else { return false }
            state.isScheduled = true
            return true
        }
        if schedule { queue.async { self.lookAtChanged() } }
    }

    private func lookAtChanged() {
        let ids = state.withLock { state in
            defer { (state.changed, state.isScheduled) = ([], false) }
            return state.changed
        }
        for id in ids { look(at: id) }
    }

    private func look(at id: TwinID) {
        let (hub, agents) = state.withLock { ($0.hub, $0.entries[id]?.agents) }
        guard let entity = hub?.entity(id), let agents else { return }
        let now = environment.now()
        let drifts = agents.map { agent in
            (agent.kind, Set(ConfigurationComparison(of: agent, entity).drift.map(\.key)))
        }
        state.withLock { state in
            for (kind, keys) in drifts {
                var since = state.entries[id]?.drifting[kind]?.filter { keys.contains($0.key) } ?? [:]
                for key in keys where since[key] == nil { since[key] = now }
                state.entries[id]?.drifting[kind] = since
            }
        }
    }

    // MARK: Reading

    /// What an agent of this kind makes of the module's twin, and since when it drifts, by key.
    func agent(_ kind: AgentKind, of id: TwinID) -> (agent: FollowedAgent, since: [String: Timestamp]) {
        // What has happened to this one is seen before what is asked, however many others wait to be looked at.
        look(at: id)
        return state.withLock { state in
            let entry = state.entries[id]
            return (
                entry?.agents.first { $0.kind == kind } ?? FollowedAgent(kind), entry?.drifting[kind] ?? [:]
            )
        }
    }
}

extension SecurityModule {
    /// Nil for what is no security module.
    init?(of id: TwinID) {
        guard let module = id.module else { return nil }
        self.init(moduleID: module)
    }
}

extension ConfigurationComparison {
    /// With the module's twin as it stands.
    init(of agent: FollowedAgent, _ entity: Entity) {
        self.init(
            of: agent, desired: JSONValue(section: entity.twin.desired), version: entity.twin.desiredVersion,
            reported: JSONValue(section: entity.twin.reported))
    }
}
