import DeviceAPI
import Endpoints
import HTTP
import Logging
import Reactor
import Vocabulary

/// The one door: on every port the first bytes of a connection decide what it speaks.
final class Door: Sendable {
    let dispatcher: Dispatcher
    let tls: Prepared<TLSContext>
    /// Refuse everything that does not begin with a TLS handshake.
    let tlsOnly: Bool
    let limits: HTTPLimits
    let readiness: Readiness
    let logger: Logger
    let mqtt: MQTTService
    private let shards: [HTTPShard]

    init(
        dispatcher: Dispatcher, tls: Prepared<TLSContext>, tlsOnly: Bool, limits: HTTPLimits, http2: HTTP2Limits,
        readiness: Readiness, mqtt: MQTTService, reactor: Reactor, counts: LiveCounts, logger: Logger
    ) {
        self.dispatcher = dispatcher
        self.tls = tls
        self.tlsOnly = tlsOnly
        self.limits = limits
        self.readiness = readiness
        self.mqtt = mqtt
        self.logger = logger
        let bodies = BodyBudget(limits)
        shards = reactor.shards.map {
            HTTPShard(shard: $0, limits: limits, http2: http2, bodies: bodies, counts: counts)
        }
    }

    /// The handler of a new connection, called on its shard.
    func handler(for connection: Connection) -> any ConnectionHandler { FirstBytes(self, connection) }

    func http(_ connection: Connection) -> HTTP1Connection {
        HTTP1Connection(self, shards[connection.shard.index], connection)
    }

    func http2(_ connection: Connection) -> HTTP2Connection {
        HTTP2Connection(self, shards[connection.shard.index], connection)
    }

    /// Answers what is in flight on this shard, then closes its connections. On the shard.
    func finish(_ shard: Shard) { shards[shard.index].finish() }
}
