import CSystem
import Glibc

/// One TCP connection, accepted or dialled, in clear or under TLS, on the shard where it lives its whole life.
///
/// Everything here is used on that shard only. While nothing waits in either direction a connection has no buffers.
///
/// Sendable so that others may carry a reference and post back to ``shard`` with it; the shard's serial queue owns
/// every property.
public final class Connection: @unchecked Sendable {
    /// The shard that owns the connection. Held, so that whoever still carries a connection after the reactor's end may
    /// post to it in vain.
    public let shard: Shard
    /// Who hears of this connection; nil once it is closed.
    public var handler: (any ConnectionHandler)?
    var descriptor: Int32
    var flags: Flags
    /// Why the connection ended; `open` until it has.
    public internal(set) var closeReason = CloseReason.open
    var guarded = Guarded.nothing
    /// With the generation: what epoll knows the connection by.
    let slot: UInt32
    let generation: UInt32
    /// The errno behind the reasons `failed` and `unreachable`, else 0.
    public internal(set) var systemError: Int32 = 0
    /// Received bytes that the handler has not consumed.
    var input: ByteQueue?
    var output: OutputQueue?
    var tls: TLSSession?
    var deadline: ShardTimer?
    var dial: Dial?

    struct Flags: OptionSet {
        let rawValue: UInt16
        static let connecting = Flags(rawValue: 1)
        static let readingPaused = Flags(rawValue: 1 << 1)
        static let armedIn = Flags(rawValue: 1 << 2)
        static let armedOut = Flags(rawValue: 1 << 3)
        /// The socket took less than it was given: nothing is written until epoll says so.
        static let blocked = Flags(rawValue: 1 << 4)
        static let peerFinished = Flags(rawValue: 1 << 5)
        static let finishing = Flags(rawValue: 1 << 6)
        static let closing = Flags(rawValue: 1 << 7)
        static let discardsInput = Flags(rawValue: 1 << 8)
        static let sentCloseNotify = Flags(rawValue: 1 << 9)
        static let sentFIN = Flags(rawValue: 1 << 10)
        static let dirty = Flags(rawValue: 1 << 11)
        static let offersAgain = Flags(rawValue: 1 << 12)
        /// Counts against the limit of accepted connections.
        static let accepted = Flags(rawValue: 1 << 14)
    }

    /// What `deadline` stands guard over.
    enum Guarded: UInt8 { case nothing, connecting, handshake, output, closing }

    init(shard: Shard, descriptor: Int32, slot: UInt32, generation: UInt32, flags: Flags) {
        self.shard = shard
        self.descriptor = descriptor
        self.slot = slot
        self.generation = generation
        self.flags = flags
    }

    /// False as soon as the connection has been closed, cut or lost, even before the handler has heard of it.
    public var isOpen: Bool { closeReason == .open }
    /// Whether the peer has said that it will send nothing more.
    public var peerHasFinished: Bool { flags.contains(.peerFinished) }
    /// Whether no more bytes are read.
    public var isReadingPaused: Bool { flags.contains(.readingPaused) }
    /// Bytes that wait to be sent.
    public var queuedBytes: Int { output?.count ?? 0 }
    /// Received bytes that the handler has not consumed.
    public var keptBytes: Int { input?.count ?? 0 }

    /// `127.0.0.1:53211` or `[::1]:53211`; empty when the connection is no longer there.
    public var peerAddress: String { SocketAddress(peerOf: descriptor)?.description ?? "" }
    /// This side's address and port.
    public var localAddress: String { SocketAddress(boundTo: descriptor)?.description ?? "" }

    /// Whether the bytes on the wire are TLS records.
    public var isTLS: Bool { tls != nil }
    /// `TLSv1.2` or `TLSv1.3`; nil in clear.
    public var tlsVersion: String? { tls?.version }
    /// The cipher suite as OpenSSL names it; nil in clear.
    public var cipher: String? { tls?.cipher }
    /// Whether the TLS session continues an earlier one.
    public var isTLSResumed: Bool { tls?.isResumed ?? false }
    /// What ALPN settled on; nil where the peer asked for nothing that this side knows.
    public var applicationProtocol: String? { tls?.applicationProtocol }
    /// The certificate that the peer showed and those that came with it, DER, the peer's own first; nil where it showed
    /// none. A server's peers are not judged: see ``TLSContext``. Only sessions in which it came alone are resumed.
    public var peerCertificates: [[UInt8]]? {
        guard let certificates = tls?.peerCertificates, !certificates.isEmpty else { return nil }
        return certificates
    }
    /// OpenSSL's words where the reason is `tls`.
    public var tlsFailure: String? { tls?.failure }

    // MARK: Reading

    /// No more bytes are read or offered until ``resumeReading()``. While paused, the peer's end goes unnoticed too.
    public func pauseReading() { flags.insert(.readingPaused) }

    /// Reads on, and offers kept bytes again before this turn ends, also where reading was not paused: a handler that
    /// could not use them before calls this when it can.
    public func resumeReading() {
        guard isOpen else { return }
        flags.remove(.readingPaused)
        if input != nil {
            flags.insert(.offersAgain)
            markDirty()
        }
        updateInterest()
    }

    // MARK: Closing

    /// Closes at once; what is queued is lost. The handler's ``ConnectionHandler/closed(_:)`` follows before the turn
    /// ends.
    public func close() { end(.local) }

    /// Closes when everything queued has been sent, with TLS close_notify where it applies. Nothing more is received.
    ///
    /// - Parameter discardingInput: after the last byte, says FIN and discards what the peer still sends until it
    ///   finishes too (or ``ReactorLimits/closingMilliseconds`` pass). Without it bytes under way from the peer make the
    ///   kernel reset the connection, and the peer may lose the answer (RFC 9112 section 9.6). Say false only where the
    ///   peer has finished or has nothing to send.
    public func closeAfterFlush(discardingInput: Bool = true) {
        guard isOpen, !flags.contains(.closing) else { return }
        flags.insert(.closing)
        if discardingInput { flags.insert(.discardsInput) }
        input = nil
        flags.remove(.readingPaused)
        updateInterest()
        markDirty()
    }

    /// Half-close: says FIN (and TLS close_notify) after everything queued; bytes are still received.
    public func finishSending() {
        guard isOpen, !flags.contains(.finishing) else { return }
        flags.insert(.finishing)
        markDirty()
    }

    func end(_ reason: CloseReason, systemError: Int32 = 0) {
        guard isOpen else { return }
        closeReason = reason
        self.systemError = systemError
        shard.ended(self)
    }

    /// The last step, at the end of the turn: the descriptor goes, and the handler hears of it.
    func bury() {
        cancelDeadline()
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
        input = nil
        dial = nil
        if let output { shard.recycle(output) }
        output = nil
        let last = handler
        last?.closed(self)
        handler = nil
        tls = nil
    }

    // MARK: The shard's calls

    /// Once a turn at most for each reason: kept bytes are offered again, then what is queued is sent.
    func service() {
        flags.remove(.dirty)
        guard isOpen else { return }
        if flags.contains(.offersAgain) {
            flags.remove(.offersAgain)
            offerKept()
        }
        flush()
    }

    func handle(_ events: UInt32) {
        guard isOpen else { return }
        shard.handling = ObjectIdentifier(self)
        if flags.contains(.connecting) {
            finishConnecting()
        } else {
            let hungUp = events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
            if events & EPOLLIN.rawValue != 0 || hungUp {
                if flags.contains(.peerFinished) {
                    // Both directions are over, or the connection was reset: nothing can follow.
                    if hungUp { endHungUp() }
                } else if flags.contains(.readingPaused), !hungUp {
                    updateInterest()
                } else {
                    readSocket()
                }
            }
            if events & EPOLLOUT.rawValue != 0 { flags.remove(.blocked) }
        }
        shard.handling = nil
        service()
    }

    private func endHungUp() {
        let error = socketError()
        if error == 0 { end(flags.contains(.closing) ? .local : .finished) } else { end(.failed, systemError: error) }
    }

    func socketError() -> Int32 {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
        return error
    }

    func markDirty() {
        guard !flags.contains(.dirty) else { return }
        flags.insert(.dirty)
        if shard.handling != ObjectIdentifier(self) { shard.dirty.append(self) }
    }

    /// Tells epoll what is wanted now, where that differs from what it knows.
    func updateInterest() {
        guard !flags.contains(.connecting) else { return }
        var wanted: Flags = []
        if !flags.contains(.peerFinished), !flags.contains(.readingPaused) { wanted.insert(.armedIn) }
        if flags.contains(.blocked) { wanted.insert(.armedOut) }
        guard flags.intersection([.armedIn, .armedOut]) != wanted else { return }
        flags.subtract([.armedIn, .armedOut])
        flags.formUnion(wanted)
        shard.watch(self, adding: false)
    }

    // MARK: The deadline

    func startDeadline(_ what: Guarded, afterMilliseconds delay: Int) {
        guarded = what
        if deadline == nil {
            // The timer is cancelled before the connection is let go.
            deadline = ShardTimer { [unowned self] in deadlinePassed() }
        }
        shard.schedule(deadline!, afterMilliseconds: delay)
    }

    func cancelDeadline() {
        guarded = .nothing
        guard let deadline else { return }
        shard.cancel(deadline)
        self.deadline = nil
    }

    private func deadlinePassed() {
        switch guarded {
        case .nothing: break
        case .connecting: end(.unreachable, systemError: ETIMEDOUT)
        case .handshake: cut(.handshakeDeadline)
        case .closing: end(.local)
        case .output: outputDeadlinePassed()
        }
    }
}
