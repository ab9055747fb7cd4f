import Endpoints
import HTTP
import Reactor
import Vocabulary

/// What the HTTP connections of one shard share: scratch space, the Date field, and the clock that ends those that take
/// too long. Belongs to its shard's queue; the door only hands it out there.
final class HTTPShard: @unchecked Sendable {
    let shard: Shard
    let limits: HTTPLimits
    let http2Limits: HTTP2Limits
    let scratch: HTTP1Scratch
    let http2Scratch: HTTP2Scratch
    let bodies: BodyBudget
    let counts: LiveCounts
    /// Answers are written here, then handed to the connection; kept so that they need no memory of their own.
    var output: [UInt8] = []
    private(set) var isFinishing = false
    private var connections = HTTPConnections<HTTP1Connection>()
    private var http2Connections = HTTPConnections<HTTP2Connection>()
    /// HTTP/2 connections on which something was answered in this turn.
    private var unflushed: [HTTP2Connection] = []
    private var date: (second: Int64, text: [UInt8]) = (0, [])
    private var sweeper: ShardTimer?

    /// How often deadlines are looked at. One look at each connection costs less than a timer for each request.
    private static let sweepMilliseconds = 1000
    /// Memory that one large answer took is not kept for ever.
    private static let keptOutputBytes = 256 << 10

    init(
        shard: Shard, limits: HTTPLimits, http2: HTTP2Limits, bodies: BodyBudget, counts: LiveCounts
    ) {
        self.shard = shard
        self.limits = limits
        http2Limits = http2
        self.bodies = bodies
        self.counts = counts
        scratch = HTTP1Scratch(limits)
        http2Scratch = HTTP2Scratch(limits, http2)
    }

    /// The Date field's value.
    var dateText: [UInt8] {
        let now = shard.now
        let second = now.unixSeconds
        if second != date.second { date = (second, HTTPDate.text(now)) }
        return date.text
    }

    /// The space of `output`, for somebody who puts it back: what is called while it is filled may use the shard's.
    func takeOutput() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &output)
        return taken
    }

    /// Hands over what was written to `output`.
    func flushOutput(to connection: Connection) {
        output.withUnsafeBytes { connection.send($0) }
        output.removeAll(keepingCapacity: output.capacity <= Self.keptOutputBytes)
    }

    // MARK: Deadlines

    func add(_ connection: HTTP1Connection) {
        connections.add(connection)
        startSweeping()
    }

    func add(_ connection: HTTP2Connection) {
        http2Connections.add(connection)
        startSweeping()
    }

    func remove(_ connection: HTTP1Connection) { connections.remove(connection) }
    func remove(_ connection: HTTP2Connection) { http2Connections.remove(connection) }

    private func startSweeping() {
        guard sweeper == nil else { return }
        let timer = ShardTimer { [unowned self] in sweep() }
        sweeper = timer
        shard.schedule(timer, afterMilliseconds: Self.sweepMilliseconds)
    }

    private func sweep() {
        let now = shard.uptimeMilliseconds
        for connection in connections.expired(at: now) { connection.expire() }
        for connection in http2Connections.expired(at: now) { connection.expire() }
        if connections.isEmpty, http2Connections.isEmpty {
            sweeper = nil
        } else if let sweeper {
            shard.schedule(sweeper, afterMilliseconds: Self.sweepMilliseconds)
        }
    }

    /// Has the connection send what was answered on it, all of this turn in one piece.
    func flushLater(_ connection: HTTP2Connection) {
        unflushed.append(connection)
        guard unflushed.count == 1 else { return }
        shard.atEndOfTurn { [unowned self] in
            let batch = unflushed
            unflushed = []
            for connection in batch { connection.flush() }
        }
    }

    /// Every connection ends once it has answered what it was asked.
    func finish() {
        isFinishing = true
        for connection in connections.snapshot { connection.finish() }
        for connection in http2Connections.snapshot { connection.finish() }
    }
}
