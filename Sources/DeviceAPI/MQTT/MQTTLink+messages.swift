import Endpoints
import Hub
import MQTT
import Vocabulary

// Messages to the client: from the cloud, and to a module's inputs (mqtt.md sections 3.2 and 5.5).
extension MQTTLink {
    /// Hands over what waits and has not been handed over yet, in order.
    func deliver(_ messages: MessageQueue, _ open: OpenLink) {
        open.awaitsLock = false
        guard !messages.isEmpty, server.session?.feeds.contains(.commands) == true else { return }
        open.handed.formIntersection(messages.messages.map(\.sequence))
        open.awaitsLock = messages.messages.contains { $0.lock != nil && !open.handed.contains($0.sequence) }
        for message in messages.free(at: services.environment.now()) where !open.handed.contains(message.sequence) {
            var topic: [UInt8] = []
            HubTopic.appendCommand(to: open.id, PropertyBag(message), to: &topic)
            guard let packet = RenderedPublish(topic: topic, payload: message.content.body) else { continue }
            switch server.deliver(packet, token: message.sequence, feed: .commands, into: &output) {
            case .unwanted, .full: return
            case .sent: complete(message.sequence, open)
            case .pending: break
            }
            open.handed.insert(message.sequence)
            open.isActive = true
        }
    }

    /// A receiver over HTTPS may have held a message for longer than it was allowed to, which nobody tells of.
    func deliverUnlocked(_ open: OpenLink) {
        guard open.awaitsLock, let entity = services.hub.entity(open.id) else { return }
        deliver(entity.messages, open)
        flush()
    }

    /// A PUBACK is a completion; MQTT has no way to reject or abandon.
    func delivered(_ token: UInt64) {
        guard case .open(let open) = phase else { return }
        if let message = open.inputs.removeValue(forKey: token) { return message.answer(true) }
        guard !InputMessage.isToken(token) else { return }
        complete(token, open)
        // There may be room for more now.
        if let entity = services.hub.entity(open.id) { deliver(entity.messages, open) }
    }

    private func complete(_ sequence: UInt64, _ open: OpenLink) {
        services.submit(.settleMessage(open.id, .sequence(sequence), .complete), origin: open.origin) { _ in }
    }

    func deliver(_ message: InputMessage) {
        guard case .open(let open) = phase, open.id.isModule else { return message.answer(false) }
        var topic: [UInt8] = []
        HubTopic.appendInput(message.input, of: open.id, PropertyBag(message.content), to: &topic)
        open.nextInput += 1
        let token = InputMessage.token(open.nextInput)
        guard let packet = RenderedPublish(topic: topic, payload: message.content.body) else {
            return message.answer(false)
        }
        switch server.deliver(packet, token: token, feed: .inputs, named: message.input, into: &output) {
        case .unwanted, .full: message.answer(false)
        case .sent: message.answer(true)
        case .pending: open.inputs[token] = message
        }
        open.isActive = true
        flush()
    }
}

extension InputMessage {
    /// Tokens of messages to inputs are apart from those of cloud-to-device messages, which count from 1.
    private static let tokens: UInt64 = 1 << 63
    static func token(_ number: UInt64) -> UInt64 { tokens | number }
    static func isToken(_ token: UInt64) -> Bool { token & tokens != 0 }
}
