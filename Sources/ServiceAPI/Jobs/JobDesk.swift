import Endpoints
import Reactor
import Synchronization

/// Where the shards leave word that there is something to do for the one that runs the jobs.
public final class JobDesk: Sendable {
    private let shard = Mutex<Shard?>(nil)

    public init() {}

    /// Runs jobs on this shard from now on, those first that a restart has cut short. On the shard.
    public func begin(on services: ShardServices) {
        shard.withLock { $0 = services.shard }
        services.room(JobRunner.self, make: JobRunner.init).look()
    }

    /// There may be a new job.
    func look() {
        guard let shard = shard.withLock({ $0 }) else { return }
        shard.post { (shard.context as? ShardServices)?.room(JobRunner.self)?.look() }
    }
}
