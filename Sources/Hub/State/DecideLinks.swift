import Vocabulary

// Links and sessions (mqtt.md sections 2.4 and 2.6, auth.md section 3).
extension HubState {
    mutating func openLink(
        _ id: TwinID, _ opening: LinkOpening, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let existing = entity(id) else { throw .identityNotFound(id) }
        guard let device = entity(id.owner), device.identity.status == .enabled else {
            throw HubError(.deviceDisabled, "The device is disabled.")
        }
        let link = registry.newestLink + 1
        let event = Event.linkOpened(id, opening, link: link)
        try must(event, at: context.now)
        guard let opened = entity(id) else { throw HubError(.serverError, "connected, and gone") }
        let outcome = Link(
            entity: opened, number: link, sessionWasPresent: opening.keepsSession && existing.session != nil)
        return Decision(events: [event], outcome: .link(outcome))
    }

    /// A link that another has replaced, or that went with its identity, has nothing left to close.
    mutating func closeLink(_ id: TwinID, _ link: UInt64, _ context: DecisionContext) throws(HubError) -> Decision {
        guard let existing = entity(id), existing.link == link else { return Decision(events: [], outcome: .done) }
        let event = Event.linkClosed(id, link: link)
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .done)
    }

    mutating func closeStaleLinks(_ context: DecisionContext) throws(HubError) -> Decision {
        var events: [Event] = []
        for id in attention.connected.sorted() {
            guard let existing = entity(id), existing.link != 0 else { continue }
            events += try closeLink(id, existing.link, context).events
        }
        return Decision(events: events, outcome: .done)
    }

    /// Only the link that stands may change the session: one that has been taken over speaks for nobody.
    mutating func updateSession(
        _ id: TwinID, _ link: UInt64, _ session: DeviceSession, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let existing = entity(id), existing.link == link else {
            throw HubError(.connectionForcefullyClosedOnNewConnection, "The link is no longer the device's.")
        }
        guard existing.session != session else { return Decision(events: [], outcome: .entity(existing)) }
        let event = Event.sessionUpdated(id, session)
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .entity(entity(id) ?? existing))
    }

    /// Not an event: it would cost a line of the log for each message, and is kept as well as can be without (the next
    /// event of the link and every snapshot carry it).
    mutating func recordActivity(_ id: TwinID, _ link: UInt64, _ context: DecisionContext) -> Decision {
        if let existing = entity(id), existing.link == link {
            var identity = existing.identity
            identity.lastActivityTime = context.now
            put(existing.with(identity: identity))
        }
        return Decision(events: [], outcome: .done)
    }
}
