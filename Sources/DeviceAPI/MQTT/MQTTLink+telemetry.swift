import Endpoints
import Events
import Hub
import MQTT
import Routing
import Vocabulary

// Messages of the client (mqtt.md sections 3.1 and 4).
extension MQTTLink {
    /// The PUBACK comes when the event is as durable as the store's setting promises. What the store refuses cannot be
    /// said in MQTT: the connection closes, and the client sends the message again.
    func send(
        _ bag: UnsafeRawBufferPointer, _ packet: PublishPacket, _ ticket: PublishTicket?, _ open: OpenLink
    ) throws(MQTTFailure) {
        var content = PropertyBag(parsing: bag).content(body: Array(packet.payload))
        guard content.size <= Telemetry.maximumBytes else { throw .packetTooLong }
        if packet.isRetained { content.set("mqtt-retain", "true") }
        if packet.isDuplicate { content.set("mqtt-dup", "true") }
        do throws(HubError) {
            try services.throttle?.charge(.deviceToCloud, bytes: content.size)
        } catch {
            // As the real hub drops the link of a device that it can tell nothing: 429002 in its own count of errors.
            services.report("MQTT client \(name): \(ErrorCode.throttleBacklogLimitExceeded.name): \(error)")
            return end()
        }
        open.isActive = true
        store(content, open) { [self] refusal in
            guard case .open = phase else { return }
            if let refusal {
                services.report("MQTT client \(name): \(refusal)")
                return end()
            }
            acknowledge(ticket)
            flush()
        }
    }

    /// What the client wanted said when its connection is lost (mqtt.md section 2.5).
    func publish(_ will: Will, _ open: OpenLink) {
        let bag = will.bag.withUnsafeBytes { PropertyBag(parsing: $0) }
        var content = bag.content(body: will.payload)
        content.set("iothub-MessageType", "Will")
        store(content, open) { _ in }
    }

    private func store(_ content: MessageContent, _ open: OpenLink, then done: @escaping (EventRefusal?) -> Void) {
        services.store(Telemetry.event(content, from: open.sender, at: services.environment.now()), then: done)
    }

    /// Tells the hub that something has come or gone, once a second at most.
    func reportActivity(_ open: OpenLink) {
        guard open.isActive else { return }
        open.isActive = false
        services.submit(.recordActivity(open.id, link: open.number), origin: open.origin) { _ in }
    }
}
