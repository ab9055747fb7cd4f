import HTTP
import Reactor
import Vocabulary

/// What the HTTP connections of one shard share: scratch space, the Date field, and the clock that ends those that take
/// too long. Belongs to its shard's queue; the door only hands it out there.
final class HTTPShard: @unchecked Sendable {
    let shard: Shard
    let limits: HTTPLimits
    let scratch: HTTP1Scratch
    /// Answers are written here, then handed to the connection; kept so that they need no memory of their own.
    var output: [UInt8] = []
    private(set) var isFinishing = false
    private var connections: [Unmanaged<HTTP1Connection>] = []
    private var date: (second: Int64, text: [UInt8]) = (0, [])
    private var sweeper: ShardTimer?

    /// How often deadlines are looked at. One look at each connection costs less than a timer for each request.
    private static let sweepMilliseconds = 1000
    /// Memory that one large answer took is not kept for ever.
    private static let keptOutputBytes = 256 << 10

    init(shard: Shard, limits: HTTPLimits) {
        self.shard = shard
        self.limits = limits
        scratch = HTTP1Scratch(limits)
    }

    /// The Date field's value.
    var dateText: [UInt8] {
        let now = shard.now
        let second = now.unixSeconds
        if second != date.second { date = (second, HTTPDate.text(now)) }
        return date.text
    }

    /// Hands over what was written to `output`.
    func flushOutput(to connection: Connection) {
        output.withUnsafeBytes { connection.send($0) }
        output.removeAll(keepingCapacity: output.capacity <= Self.keptOutputBytes)
    }

    // MARK: Deadlines

    func add(_ connection: HTTP1Connection) {
        connection.place = connections.count
        connections.append(Unmanaged.passUnretained(connection))
        if sweeper == nil {
            let timer = ShardTimer { [unowned self] in sweep() }
            sweeper = timer
            shard.schedule(timer, afterMilliseconds: Self.sweepMilliseconds)
        }
    }

    func remove(_ connection: HTTP1Connection) {
        let last = connections.removeLast()
        if connection.place < connections.count {
            connections[connection.place] = last
            last._withUnsafeGuaranteedRef { $0.place = connection.place }
        }
    }

    private func sweep() {
        let now = shard.uptimeMilliseconds
        var expired: [HTTP1Connection] = []
        for connection in connections {
            connection._withUnsafeGuaranteedRef { if $0.deadline != 0, $0.deadline <= now { expired.append($0) } }
        }
        for connection in expired { connection.expire() }
        if connections.isEmpty {
            sweeper = nil
        } else if let sweeper {
            shard.schedule(sweeper, afterMilliseconds: Self.sweepMilliseconds)
        }
    }

    /// Every connection ends once it has answered what it was asked.
    func finish() {
        isFinishing = true
        for connection in connections.map({ $0.takeUnretainedValue() }) { connection.finish() }
    }
}
