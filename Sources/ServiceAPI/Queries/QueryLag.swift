import Dispatch
import Hub
import Synchronization

/// Queries that see the hub as it was some time ago, as the cloud's do, whose index lags behind its registry (`--query-lag`;
/// query.md section 1).
public final class QueryLag: Sendable {
    /// By how many `--query-lag` may have queries lag behind.
    public static let seconds = 1...60
    /// How long a moment is the newest one. Queries see the hub up to so much later than they should.
    private static let step = DispatchTimeInterval.milliseconds(250)

    /// The oldest first; all but the first are younger than the lag.
    private let moments = Mutex<[(taken: DispatchTime, moment: HubMoment)]>([])
    private let lag: Int
    private let queue = DispatchQueue(label: "twinhub.query-lag", qos: .utility)

    /// - Parameter seconds: of `QueryLag.seconds`.
    public init(seconds: Int) {
        precondition(Self.seconds.contains(seconds), "the lag has bounds")
        lag = seconds
    }

    /// Begins, once, and goes on as long as the process runs.
    public func follow(_ hub: Hub) {
        hub.moment { [self] moment in
            let now = DispatchTime.now()
            moments.withLock { moments in
                moments.append((now, moment))
                while moments.count > 1, moments[1].taken + .seconds(lag) <= now { moments.removeFirst() }
            }
            queue.asyncAfter(deadline: now + Self.step) { [self] in follow(hub) }
        }
    }

    /// The hub as it was then; as it was at first, for a hub that is younger than the lag. Nil before that.
    var moment: HubMoment? { moments.withLock { $0.first?.moment } }
}
