import Endpoints
import Hub
import Reactor

/// Has the hub take out the messages that have become too old, so that their senders hear of it (mqtt.md section 5.5).
/// One shard does it for all.
final class MessageExpiry {
    static let sweepMilliseconds = 1000

    private unowned let services: ShardServices
    private var timer: ShardTimer?
    private var isUnderWay = false

    init(_ services: ShardServices) {
        self.services = services
        let timer = ShardTimer { [unowned self] in sweep() }
        self.timer = timer
        services.shard.schedule(timer, afterMilliseconds: Self.sweepMilliseconds)
    }

    private func sweep() {
        if services.hub.hasQueuedMessages, !isUnderWay {
            isUnderWay = true
            let origin = Origin(principal: "hub", requestID: services.requestID(), transport: "hub")
            services.submit(.expireMessages, origin: origin) { [unowned self] _ in isUnderWay = false }
        }
        if let timer { services.shard.schedule(timer, afterMilliseconds: Self.sweepMilliseconds) }
    }

    /// The server stops.
    func end() {
        if let timer { services.shard.cancel(timer) }
        timer = nil
    }
}
