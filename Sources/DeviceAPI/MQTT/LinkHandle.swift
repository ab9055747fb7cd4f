import Endpoints
import Hub
import Reactor

/// An MQTT client as other threads know it: carries what they want to its shard.
final class LinkHandle: DeviceLink {
    private let shard: Shard
    private let serial: UInt64

    init(shard: Shard, serial: UInt64) {
        self.shard = shard
        self.serial = serial
    }

    func invoke(_ request: MethodRequest) {
        onShard { link in
            guard let link else { return request.answer(.linkLost) }
            link.invoke(request)
        }
    }

    func forget(_ request: MethodRequest.ID) { onShard { $0?.forget(request) } }

    func deliver(_ message: InputMessage) {
        onShard { link in
            guard let link else { return message.answer(false) }
            link.deliver(message)
        }
    }

    func end(_ reason: LinkEnd) { onShard { $0?.end() } }

    private func onShard(_ work: @escaping @Sendable (MQTTLink?) -> Void) {
        let (shard, serial) = (shard, serial)
        shard.post { work((shard.context as? ShardServices).flatMap { MQTTLinks.of($0)?.link(serial) }) }
    }
}
