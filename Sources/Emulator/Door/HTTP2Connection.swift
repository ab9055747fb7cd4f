import Endpoints
import HTTP
import Reactor

/// One HTTP/2 connection: any number of requests at once, each an ``HTTP2Exchange`` of its own.
final class HTTP2Connection: ConnectionHandler, Peer, HTTPConnection {
    unowned let door: Door
    unowned let shared: HTTPShard
    private unowned(unsafe) let connection: Connection
    private var session: HTTP2Session!
    var place = 0
    private(set) var deadline: UInt64 = 0
    /// Since when there has been no request; since when a head has been on its way.
    private var idleSince: UInt64
    private var headSince: UInt64?
    private var hasServed = false
    /// Exchanges that a deadline watches.
    var watched = 0
    /// The session is being worked on, and sending follows anyway.
    private var isWorking = false
    private var isFlushScheduled = false
    private var isClosed = false

    init(_ door: Door, _ shared: HTTPShard, _ connection: Connection) {
        self.door = door
        self.shared = shared
        self.connection = connection
        idleSince = connection.shard.uptimeMilliseconds
        session = HTTP2Session(shared.http2Scratch) { [unowned self] _, id in HTTP2Exchange(id: id, on: self) }
        shared.add(self)
        shared.counts.http2Connections.add(1, ordering: .relaxed)
        setDeadline()
    }

    var shard: Shard { shared.shard }
    var certificates: [[UInt8]] { connection.peerCertificates ?? [] }
    var cipher: String? { connection.cipher }
    var isOpen: Bool { !isClosed && connection.isOpen }
    var hasUnsentOutput: Bool { connection.hasUnsentOutput }

    // MARK: Receiving and sending

    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        isWorking = true
        session.receive(bytes, at: shard.uptimeMilliseconds)
        if !session.isInHead { headSince = nil } else if headSince == nil { headSince = shard.uptimeMilliseconds }
        flush()
        return bytes.count
    }

    /// Works on the session, and has what comes of it sent with the rest of the turn's.
    func use(_ body: (HTTP2Session) -> Void) {
        guard isOpen else { return }
        body(session)
        guard !isWorking, !isFlushScheduled else { return }
        isFlushScheduled = true
        shared.flushLater(self)
    }

    /// Whether so many bytes more may wait on the connection, if need be in place of those of the stream whose client is the
    /// furthest behind; where that is the one that asks, they may not.
    func makeRoom(for bytes: Int, of stream: HTTP2Stream) -> Bool {
        guard session.heldBytes + connection.queuedBytes + bytes > shard.limits.outputBytes else { return true }
        let slowest = session.streams.max { $0.unsentBytes < $1.unsentBytes }
        guard let slowest, slowest.unsentBytes > stream.unsentBytes + bytes else { return false }
        use { $0.reset(slowest, .enhanceYourCalm) }
        return true
    }

    func flush() {
        isFlushScheduled = false
        isWorking = false
        guard isOpen else { return }
        // Nothing is left that the end was held up for.
        if shared.isFinishing, session.streams.isEmpty { session.goAway() }
        let room = shared.http2Limits.framesAheadBytes - connection.queuedBytes
        if room > 0 {
            var frames = shared.takeOutput()
            session.write(into: &frames, upTo: room)
            shared.output = frames
            shared.flushOutput(to: connection)
        }
        if session.isOver { connection.closeAfterFlush(discardingInput: !connection.peerHasFinished) }
        if connection.peerHasFinished { closeIfUnheard() }
        setDeadline()
    }

    func drained(_ connection: Connection) {
        isWorking = true
        for case let exchange as HTTP2Exchange in session.takeHungry() { exchange.drained() }
        flush()
    }

    // MARK: Streams

    func began() { shared.counts.http2Streams.add(1, ordering: .relaxed) }

    func ended() {
        shared.counts.http2Streams.subtract(1, ordering: .relaxed)
        hasServed = true
        if session.streams.isEmpty { idleSince = shard.uptimeMilliseconds }
    }

    // MARK: Ending

    /// The peer will send nothing more. What is being answered still is.
    func peerFinished(_ connection: Connection) { closeIfUnheard() }

    private func closeIfUnheard() {
        let isHeard = session.streams.contains { ($0 as? HTTP2Exchange)?.outlivesInput ?? false }
        if !isHeard { connection.closeAfterFlush(discardingInput: false) }
    }

    func closed(_ connection: Connection) {
        isClosed = true
        shared.remove(self)
        shared.counts.http2Connections.subtract(1, ordering: .relaxed)
        session.abandon()
    }

    /// The server is stopping.
    func finish() {
        guard isOpen else { return }
        use { session in if session.streams.isEmpty { session.goAway() } else { session.announceEnd() } }
    }

    private func setDeadline() {
        var deadline = UInt64.max
        if let headSince { deadline = headSince + UInt64(shared.limits.headMilliseconds) }
        if session.streams.isEmpty { deadline = min(deadline, idleSince + idleMilliseconds) }
        // At every sweep: whatever else happens on the connection must not put it off.
        if watched > 0 { deadline = 1 }
        self.deadline = deadline == .max ? 0 : deadline
    }

    private var idleMilliseconds: UInt64 {
        UInt64(hasServed ? shared.limits.keepAliveMilliseconds : shared.limits.headMilliseconds)
    }

    func expire() {
        guard isOpen else { return }
        isWorking = true
        let now = shard.uptimeMilliseconds
        if watched > 0 {
            // Those that expire leave the list.
            for case let exchange as HTTP2Exchange in session.streams where exchange.deadline != 0 {
                if exchange.deadline <= now { exchange.expire() }
            }
        }
        let isLate = headSince.map { $0 + UInt64(shared.limits.headMilliseconds) <= now } ?? false
        let isIdle = session.streams.isEmpty && idleSince + idleMilliseconds <= now
        if isLate || isIdle { session.goAway() }
        flush()
        if isLate || isIdle { connection.closeAfterFlush(discardingInput: isLate) }
    }
}
