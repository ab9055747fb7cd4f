import Events
import Hub
import Synchronization

/// How far the emulator has come; what `/health/ready` tells.
public final class Readiness: Sendable {
    public enum Phase: Sendable {
        /// The log is being replayed; only `/health` is answered.
        case starting
        case ready(Hub, EventStore)
        case stopping
    }

    private let state = Mutex(Phase.starting)

    public init() {}

    public var phase: Phase { state.withLock { $0 } }

    func become(_ phase: Phase) { state.withLock { $0 = phase } }

    /// Why requests cannot be served in full; nil where they can.
    public var obstacle: String? {
        switch phase {
        case .starting: "starting: the event log is being replayed"
        case .stopping: "stopping"
        case .ready(let hub, let events):
            hub.writeObstacle.map { "writes are refused: \($0)" } ?? events.obstacle.map { "events are refused: \($0)" }
        }
    }
}
