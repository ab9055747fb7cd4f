import CSystem
import Dispatch
import Glibc
import Vocabulary

/// Sockets on as many shards as there are processors: listens, dials, and knows nothing of protocols.
///
/// It runs from its initialiser until ``shutDown(_:)``, which has to be called: the shards hold themselves while they
/// run.
public final class Reactor: Sendable {
    /// Makes the handler of an accepted connection, on the connection's shard, before its first bytes are read.
    public typealias Accept = @Sendable (Connection) -> any ConnectionHandler

    public let shards: [Shard]
    /// The limits in force: those given, with `connections` lowered to what the process's descriptors allow.
    public let limits: ReactorLimits
    /// Descriptors that the process may have (RLIMIT_NOFILE).
    public let descriptorLimit: Int
    private let budget: ConnectionBudget

    /// Raises the process's soft descriptor limit to the hard one and ignores SIGPIPE, once for the whole process.
    ///
    /// - Parameters:
    ///   - shards: how many; as many as processors is best.
    ///   - environment: the wall clock behind ``Shard/now``. Timers and deadlines go by the machine's.
    public init(
        shards: Int = Reactor.processorCount, limits: ReactorLimits = .standard, environment: Environment = .system
    ) throws(ReactorError) {
        signal(SIGPIPE, SIG_IGN)
        descriptorLimit = Reactor.raiseDescriptorLimit()
        var limits = limits
        limits.connections = min(limits.connections, max(descriptorLimit - limits.descriptorsReserved, 1))
        self.limits = limits
        let count = max(shards, 1)
        budget = ConnectionBudget(limit: limits.connections, shards: count)
        var made: [Shard] = []
        do throws(ReactorError) {
            for index in 0..<count {
                let shard = try Shard(index: index, limits: limits, environment: environment, budget: budget)
                // A Dispatch source must not be let go before it has been activated and cancelled.
                shard.start()
                made.append(shard)
            }
        } catch {
            for shard in made { shard.shutDown {} }
            throw error
        }
        self.shards = made
    }

    /// Processors that this process may use.
    public static var processorCount: Int { max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) }

    /// Accepts connections on an address, on all shards.
    ///
    /// - Parameters:
    ///   - address: an IPv4 or IPv6 literal (`::` takes IPv4 as well), or `localhost`, which is 127.0.0.1 and, where the
    ///     machine has it, ::1.
    ///   - port: 0 for one that the system chooses, the same for all shards and both families.
    /// - Returns: the port.
    /// - Throws: ``ReactorError`` where any of it cannot be bound, also because another process has it.
    @discardableResult
    public func listen(
        address: String, port: UInt16, accept: @escaping Accept
    ) throws(ReactorError) -> UInt16 {
        let addresses = SocketAddress.addresses(of: address, port: port)
        guard let first = addresses.first else {
            throw ReactorError(call: "parse", errno: EINVAL, address: "\(address):\(port)")
        }
        var sockets: [Int32] = []
        var bound = port
        // A port that the system chose for one family may be taken in the other; then another is asked for.
        for attempt in 1...Reactor.portAttempts {
            sockets = try open(first, onlyVersion6: false)
            bound = SocketAddress(boundTo: sockets[0])?.port ?? port
            guard addresses.count > 1, let second = SocketAddress.addresses(of: address, port: bound).last else {
                break
            }
            do throws(ReactorError) {
                sockets += try open(second, onlyVersion6: true)
                break
            } catch {
                if error.errno == EADDRNOTAVAIL || error.errno == EAFNOSUPPORT { break }
                for socket in sockets { close(socket) }
                guard port == 0, error.errno == EADDRINUSE, attempt < Reactor.portAttempts else { throw error }
            }
        }
        for (number, socket) in sockets.enumerated() {
            let shard = shards[number % shards.count]
            shard.post {
                // Too late: the reactor is being stopped.
                if shard.hasStoppedAccepting {
                    close(socket)
                } else {
                    shard.add(Listener(descriptor: socket, accept: accept))
                }
            }
        }
        return bound
    }

    private static let portAttempts = 8

    private func open(_ address: SocketAddress, onlyVersion6: Bool) throws(ReactorError) -> [Int32] {
        try Socket.listen(on: address, count: shards.count, onlyVersion6: onlyVersion6, backlog: limits.backlog)
    }

    /// Closes the listening sockets; connections go on until their handlers or ``closeConnections()`` end them.
    public func stopAccepting() {
        for shard in shards { shard.post { shard.stopAccepting() } }
    }

    /// Closes every connection at once.
    public func closeConnections() {
        for shard in shards { shard.post { shard.forEachConnection { $0.close() } } }
    }

    /// Runs the body once when, after ``stopAccepting()``, no connection is left; on whatever thread finds that out.
    public func whenDrained(_ body: @escaping @Sendable () -> Void) { budget.whenDrained(body) }

    /// Closes everything and ends the shards, after which work posted to them is dropped. The completion runs when no
    /// descriptor is left, on a Dispatch thread. Call it once.
    public func shutDown(_ completion: @escaping @Sendable () -> Void = {}) {
        let group = DispatchGroup()
        for shard in shards {
            group.enter()
            shard.shutDown { group.leave() }
        }
        group.notify(queue: .global(), execute: completion)
    }

    /// What all shards have seen.
    public var counts: ReactorCounts { shards.reduce(ReactorCounts()) { $0 + $1.counts } }

    private static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = raised.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
