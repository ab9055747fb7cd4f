import MQTT
import Reactor
import Vocabulary

/// One MQTT client of a hub, made of the project's own codec and loop: a device, a module, or a load generator's.
///
/// Lives on one shard, like its connections. Every answer is checked: what should not have come is told as
/// ``ClientNotice/wrong(_:)``.
public final class SimulatedClient {
    enum Phase {
        case idle
        /// Dialled, not yet ready.
        case arriving(Connection)
        case ready(Connection)
        /// Waits to dial again.
        case waiting
        case stopped
    }

    public let identity: ClientIdentity
    /// The owner's number for it.
    public let number: Int
    public let shard: Shard
    let server: ServerAddress
    let settings: ClientSettings
    let environment: Environment
    unowned let observer: any ClientObserver

    public internal(set) var counts = ClientCounts()
    /// Of the newest desired patch; nil before the first.
    public internal(set) var desiredVersion: Int64?
    var phase = Phase.idle
    var link = ClientConnection()
    /// What goes out at the end of the call at hand.
    var output: [UInt8] = []
    var isReceiving = false
    var isSessionPresent = false
    var subscription: UInt16?
    /// One message under way, whose acknowledgement is timed.
    var timed: (packetID: UInt16, sentAt: UInt64)?
    var lastRequest = 0
    private var backoff: Backoff
    private var timer: ShardTimer?

    public init(
        _ identity: ClientIdentity, number: Int, of server: ServerAddress, _ settings: ClientSettings, on shard: Shard,
        environment: Environment = .system, observer: any ClientObserver
    ) {
        self.identity = identity
        self.number = number
        self.server = server
        self.settings = settings
        self.shard = shard
        self.environment = environment
        self.observer = observer
        backoff = settings.backoff
    }

    public var isReady: Bool { if case .ready = phase { true } else { false } }

    // MARK: Life

    /// Dials, unless it has.
    public func start() {
        switch phase {
        case .idle, .waiting: dial()
        case .arriving, .ready, .stopped: return
        }
    }

    /// Says goodbye; the client is not used again.
    public func stop() {
        if let timer { shard.cancel(timer) }
        let last = phase
        phase = .stopped
        guard case .ready(let connection) = last else {
            if case .arriving(let connection) = last { connection.close() }
            return
        }
        link.disconnect(into: &output)
        send(on: connection)
        connection.closeAfterFlush(discardingInput: false)
    }

    private func dial() {
        link = ClientConnection()
        output = []
        subscription = nil
        timed = nil
        // Its answers come from the twin's newest state on: the server may have gone on meanwhile.
        desiredVersion = nil
        do throws(ReactorError) {
            let connection = try shard.connect(
                to: server.host, port: server.port, tls: server.tls, handler: ClientHandler(self))
            phase = .arriving(connection)
            connect(on: connection)
            wake(afterMilliseconds: settings.readyMilliseconds)
        } catch {
            // An address that is none stays so.
            counts.wrong += 1
            observer.client(self, .wrong("\(identity.name): \(error.description)"))
            lost(error.description)
        }
    }

    private func connect(on connection: Connection) {
        var name = identity.name
        let expiry = environment.now().unixSeconds + settings.tokenLifetime
        let credentials = identity.credentials(
            host: server.hubName, apiVersion: settings.apiVersion, expiry: expiry)
        var (userName, password) = (credentials?.userName ?? "", credentials?.password ?? "")
        let isKnown = credentials != nil
        name.withUTF8 { name in
            userName.withUTF8 { userName in
                password.withUTF8 { password in
                    let packet = ConnectPacket(
                        clientID: UnsafeRawBufferPointer(name), isClean: !settings.keepsSession,
                        keepAlive: settings.keepAlive, userName: isKnown ? UnsafeRawBufferPointer(userName) : nil,
                        password: isKnown ? UnsafeRawBufferPointer(password) : nil)
                    link.connect(packet, now: shard.uptimeMilliseconds, into: &output)
                }
            }
        }
        send(on: connection)
    }

    func becomeReady(on connection: Connection) {
        phase = .ready(connection)
        backoff.reset()
        counts.connections += 1
        if isSessionPresent { counts.sessionsPresent += 1 }
        wakeForPing()
        observer.client(self, .ready(isSessionPresent: isSessionPresent))
    }

    func lost(_ reason: String) {
        if case .stopped = phase { return }
        counts.losses += 1
        phase = .waiting
        if settings.reconnects {
            wake(afterMilliseconds: backoff.next(chance: environment.randomUInt64()))
        } else if let timer {
            shard.cancel(timer)
        }
        observer.client(self, .lost(reason))
    }

    /// The server has broken a rule.
    func found(_ wrong: String, on connection: Connection) {
        counts.wrong += 1
        observer.client(self, .wrong("\(identity.name): \(wrong)"))
        connection.close()
    }

    // MARK: Time

    private func wake(afterMilliseconds delay: Int) {
        if timer == nil { timer = ShardTimer { [weak self] in self?.timePassed() } }
        shard.schedule(timer!, afterMilliseconds: max(delay, 1))
    }

    private func wakeForPing() {
        guard let due = link.pingDue else { return }
        let now = shard.uptimeMilliseconds
        wake(afterMilliseconds: due > now ? Int(due - now) : 1)
    }

    private func timePassed() {
        switch phase {
        case .idle, .stopped: return
        case .waiting: dial()
        case .arriving(let connection): connection.close()
        case .ready(let connection):
            if let due = link.pingDue, due <= shard.uptimeMilliseconds {
                // A PINGREQ that was never answered: the server is gone (MQTT 3.1.1 section 3.1.2.10).
                guard link.pingedAt == nil else { return connection.close() }
                link.ping(now: shard.uptimeMilliseconds, into: &output)
                send(on: connection)
            }
            wakeForPing()
        }
    }

    // MARK: Sending

    /// Sends what has been gathered, unless more is about to be.
    func flush() {
        guard !isReceiving else { return }
        switch phase {
        case .ready(let connection), .arriving(let connection): send(on: connection)
        case .idle, .waiting, .stopped: output = []
        }
    }

    private func send(on connection: Connection) {
        guard !output.isEmpty else { return }
        connection.send(output)
        output.removeAll(keepingCapacity: output.capacity <= 4096)
    }
}
