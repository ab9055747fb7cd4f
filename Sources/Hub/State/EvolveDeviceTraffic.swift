import Vocabulary

// What links, sessions and messages make of the state.
extension HubState {
    mutating func openLink(
        _ entity: Entity, _ opening: LinkOpening, link: UInt64, at time: Timestamp
    ) {
        use(link: link)
        var identity = entity.identity
        identity.connectionState = .connected
        identity.connectionStateUpdatedTime = time
        identity.lastActivityTime = time
        if let model = opening.modelID { identity.modelID = model }
        let session: DeviceSession? = opening.keepsSession ? entity.session ?? DeviceSession() : nil
        put(entity.with(identity: identity, session: .some(session), link: link))
    }

    mutating func closeLink(_ entity: Entity, link: UInt64, at time: Timestamp) {
        guard entity.link == link else { return }
        var identity = entity.identity
        identity.connectionState = .disconnected
        identity.connectionStateUpdatedTime = time
        put(entity.with(identity: identity, link: 0))
    }

    mutating func enqueue(_ message: CloudMessage, for entity: Entity) {
        var messages = entity.messages
        messages.append(message)
        put(entity.with(identity: entity.identity.counting(messages), messages: messages))
    }

    mutating func settle(_ sequence: UInt64, _ fate: MessageFate, of entity: Entity, at time: Timestamp) {
        guard let message = entity.messages[.sequence(sequence)] else { return }
        var messages = entity.messages
        messages.remove(sequence)
        put(entity.with(identity: entity.identity.counting(messages), messages: messages))
        if message.acknowledgement.wants(fate) {
            feedback.append(fate, of: message, for: entity.identity, at: time, limits: limits)
        }
    }

    mutating func abandon(_ sequence: UInt64, of entity: Entity) {
        var messages = entity.messages
        messages.update(sequence) {
            $0.deliveryCount += 1
            $0.lock = nil
        }
        put(entity.with(messages: messages))
    }
}

extension Identity {
    /// The same with its count of waiting messages (twins.md section 1).
    fileprivate func counting(_ messages: MessageQueue) -> Identity {
        var copy = self
        copy.cloudToDeviceMessageCount = messages.count
        return copy
    }
}
