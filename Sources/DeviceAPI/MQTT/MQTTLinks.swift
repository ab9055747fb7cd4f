import DequeModule
import Endpoints
import Hub
import MQTT
import Reactor
import Vocabulary

/// The MQTT clients of one shard.
public final class MQTTLinks {
    /// How often it is looked at who has been silent too long, or whose token has ended.
    static let sweepMilliseconds = 1000

    let services: ShardServices
    let limits: MQTTLimits
    let service: MQTTService
    /// By their serial number, which is how other threads know them.
    private var links: [UInt64: MQTTLink] = [:]
    private var nextSerial: UInt64 = 1
    /// Those who are let in; of two of one identity the later.
    private var connected: [TwinID: MQTTLink] = [:]
    /// The modules of a device that are connected here: what happens to the device happens to them.
    private var modules: [TwinID: Set<TwinID>] = [:]
    /// Those whose entity has changed, still to be told.
    private var due: Deque<TwinID> = []
    private var isTelling = false
    private var sweeper: ShardTimer?

    init(_ services: ShardServices, _ service: MQTTService) {
        self.services = services
        self.service = service
        limits = .standard
        services.listen { [unowned self] delivery in
            guard !connected.isEmpty else { return }
            for change in delivery.changes {
                due.append(change.id)
                if let modules = modules[change.id] { due.append(contentsOf: modules) }
            }
            tell()
        }
    }

    /// Nil on a shard that no MQTT client has come to.
    static func of(_ services: ShardServices) -> MQTTLinks? { services.room(MQTTLinks.self) }

    /// A client that has said nothing yet.
    public static func open(
        _ channel: any ClientChannel, on services: ShardServices, _ service: MQTTService
    ) -> MQTTLink {
        let links = services.room(MQTTLinks.self) { MQTTLinks($0, service) }
        let link = MQTTLink(channel, serial: links.nextSerial, links)
        links.nextSerial += 1
        links.links[link.serial] = link
        links.startSweeping()
        return link
    }

    // MARK: Who is here

    /// From now on the link is told of what happens to its identity.
    func admit(_ link: MQTTLink, _ id: TwinID) -> Entity? {
        guard let entity = services.watch(id) else { return nil }
        if id.isModule {
            _ = services.watch(id.owner)
            modules[id.owner, default: []].insert(id)
        }
        connected[id] = link
        return entity
    }

    func remove(_ link: MQTTLink, _ id: TwinID?) {
        links[link.serial] = nil
        guard let id else { return }
        services.unwatch(id)
        if id.isModule { services.unwatch(id.owner) }
        guard connected[id] === link else { return }
        connected[id] = nil
        guard id.isModule else { return }
        modules[id.owner]?.remove(id)
        if modules[id.owner]?.isEmpty == true { modules[id.owner] = nil }
    }

    func link(_ serial: UInt64) -> MQTTLink? { links[serial] }

    // MARK: Telling

    /// Tells a slice of those who are due, then lets other connections have their turn.
    private func tell() {
        guard !isTelling else { return }
        for _ in 0..<Wait.slice {
            guard let id = due.popFirst() else { return }
            connected[id]?.entityChanged()
        }
        guard !due.isEmpty else { return }
        isTelling = true
        let shard = services.shard
        shard.post {
            guard let links = (shard.context as? ShardServices).flatMap({ MQTTLinks.of($0) }) else { return }
            links.isTelling = false
            links.tell()
        }
    }

    // MARK: Time

    private func startSweeping() {
        guard sweeper == nil else { return }
        let timer = ShardTimer { [unowned self] in sweep() }
        sweeper = timer
        services.shard.schedule(timer, afterMilliseconds: Self.sweepMilliseconds)
    }

    private func sweep() {
        let now = services.shard.uptimeMilliseconds
        for link in links.values where link.isDue(now) { link.pass(now) }
        if links.isEmpty {
            sweeper = nil
        } else if let sweeper {
            services.shard.schedule(sweeper, afterMilliseconds: Self.sweepMilliseconds)
        }
    }

    /// The server stops.
    func endAll() {
        for link in Array(links.values) { link.end() }
    }
}
