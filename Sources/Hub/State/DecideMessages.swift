import Vocabulary

// Cloud-to-device messages and their feedback (mqtt.md section 5.5, rest.md sections 15 and 16).
extension HubState {
    mutating func enqueue(_ id: TwinID, _ draft: MessageDraft, _ context: DecisionContext) throws(HubError) -> Decision
    {
        guard let existing = entity(id) else { throw .identityNotFound(id) }
        guard draft.content.size <= limits.messageBytes else {
            throw HubError(.messageTooLarge, "A cloud-to-device message holds at most \(limits.messageBytes) bytes.")
        }
        let longest = context.now.adding(seconds: Double(limits.longestMessageLifetimeSeconds))
        let expiry = draft.expiry ?? context.now.adding(seconds: Double(limits.messageLifetimeSeconds))
        guard expiry <= longest, expiry > context.now else {
            throw HubError(
                .invalidMessageExpiryTime,
                "The expiry time must be in the future and within \(limits.longestMessageLifetimeSeconds) seconds.")
        }
        var events = try expire(existing, context)
        guard let current = entity(id), current.messages.count < limits.messagesPerDevice else {
            throw HubError(
                .deviceMaximumQueueDepthExceeded,
                "Total number of messages on device '\(id.device)' exceeded the maximum of \(limits.messagesPerDevice)."
            )
        }
        let message = CloudMessage(
            sequence: current.messages.nextSequence, enqueuedTime: context.now, expiry: expiry,
            acknowledgement: draft.acknowledgement, content: draft.content)
        let event = Event.messageEnqueued(id, message)
        try must(event, at: context.now)
        events.append(event)
        return Decision(events: events, outcome: .entity(entity(id) ?? current))
    }

    /// The lock is not an event: after a restart nobody holds a message.
    mutating func lockMessage(_ id: TwinID, _ seconds: Int, _ context: DecisionContext) throws(HubError) -> Decision {
        guard let existing = entity(id) else { throw .identityNotFound(id) }
        let events = try expire(existing, context)
        guard let current = entity(id), let first = current.messages.free(at: context.now).first else {
            return Decision(events: events, outcome: .message(nil))
        }
        let lock = MessageLock(
            token: context.environment.requestID().dashed, until: context.now.adding(seconds: Double(seconds)))
        var messages = current.messages
        messages.update(first.sequence) { $0.lock = lock }
        put(current.with(messages: messages))
        return Decision(events: events, outcome: .message(messages[.lock(lock.token)]))
    }

    mutating func settle(
        _ id: TwinID, _ key: MessageKey, _ settlement: MessageSettlement, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let existing = entity(id) else { throw .identityNotFound(id) }
        guard let message = existing.messages[key] else {
            // What a link acknowledges may have expired or been purged meanwhile; a lock says that it still holds.
            if case .sequence = key { return Decision(events: [], outcome: .done) }
            throw HubError(.deviceMessageLockLost, "The lock is not known, or has expired.")
        }
        if case .lock = key, message.isFree(at: context.now) {
            throw HubError(.deviceMessageLockLost, "The lock is not known, or has expired.")
        }
        let event: Event
        switch settlement {
        case .complete: event = .messageSettled(id, sequence: message.sequence, .completed)
        case .reject: event = .messageSettled(id, sequence: message.sequence, .rejected)
        case .abandon where message.deliveryCount + 1 >= limits.messageDeliveries:
            event = .messageSettled(id, sequence: message.sequence, .deliveryCountExceeded)
        case .abandon: event = .messageAbandoned(id, sequence: message.sequence)
        }
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .done)
    }

    mutating func purge(_ id: TwinID, _ context: DecisionContext) throws(HubError) -> Decision {
        guard let existing = entity(id) else { throw .identityNotFound(id) }
        let events = existing.messages.messages.map { Event.messageSettled(id, sequence: $0.sequence, .purged) }
        for event in events { try must(event, at: context.now) }
        return Decision(events: events, outcome: .purged(events.count))
    }

    mutating func expireMessages(_ context: DecisionContext) throws(HubError) -> Decision {
        guard nextExpiry <= context.now else { return Decision(events: [], outcome: .done) }
        var events: [Event] = []
        // Of this batch, too: what has changed in it is not published yet.
        let waiting = attention.queued.union(changed.keys).sorted()
        for id in waiting {
            guard let existing = entity(id) else { continue }
            events += try expire(existing, context)
        }
        haveLooked(at: waiting.compactMap { entity($0) })
        return Decision(events: events, outcome: .done)
    }

    /// A message that somebody holds is not taken from his hands.
    private mutating func expire(_ entity: Entity, _ context: DecisionContext) throws(HubError) -> [Event] {
        let due = entity.messages.messages.filter { $0.expiry <= context.now && $0.isFree(at: context.now) }
        let events = due.map { Event.messageSettled(entity.id, sequence: $0.sequence, .expired) }
        for event in events { try must(event, at: context.now) }
        return events
    }

    mutating func lockFeedback(_ seconds: Int, _ context: DecisionContext) -> Decision {
        let lock = MessageLock(
            token: context.environment.requestID().dashed, until: context.now.adding(seconds: Double(seconds)))
        let batch = feedback.take(lock, at: context.now, limits)
        return Decision(events: [], outcome: .feedback(batch))
    }

    mutating func settleFeedback(
        _ token: String, isDone: Bool, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        let held = feedback.held(by: token, at: context.now)
        guard !held.isEmpty else {
            throw HubError(.deviceMessageLockLost, "The lock is not known, or has expired.")
        }
        guard isDone else {
            feedback.release(token)
            return Decision(events: [], outcome: .done)
        }
        let event = Event.feedbackCompleted(held)
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .done)
    }
}
