import Access
import Endpoints
import Hub
import MQTT
import Vocabulary

extension MQTTLink {
    /// Judges who it is (auth.md sections 1 to 5), then asks the hub to open the link.
    func connect(_ request: ConnectRequest) {
        let name = request.userName
        let proof: LinkProof
        do throws(AccessRefusal) {
            proof = try services.authorizer.authorizeLink(
                name.identity, host: name.host, token: request.password, channel, hub: services.hub)
        } catch {
            services.report("refused MQTT client \(name.identity) at \(channel.peerAddress): \(error)")
            return turnAway(refusalCode(name.identity))
        }
        do throws(HubError) {
            try services.throttle?.charge(.connections)
        } catch {
            services.report("refused MQTT client \(name.identity) at \(channel.peerAddress): \(error)")
            return turnAway(.serverUnavailable)
        }
        phase = .opening(name.identity)
        let origin = Origin(
            principal: proof.principal.description, requestID: services.requestID(),
            apiVersion: name.apiVersion ?? "", transport: "mqtt")
        let opening = LinkOpening(keepsSession: !request.isClean, modelID: name.modelID)
        services.submit(.openLink(name.identity, opening), origin: origin) { [self] outcome in
            opened(outcome, name, opening, proof, origin)
        }
    }

    private func opened(
        _ outcome: Outcome, _ name: ConnectUserName, _ opening: LinkOpening, _ proof: LinkProof, _ origin: Origin
    ) {
        switch outcome {
        case .link(let link):
            guard case .opening = phase else {
                // The client has gone meanwhile.
                services.submit(.closeLink(name.identity, link: link.number), origin: origin) { _ in }
                return
            }
            let open = OpenLink(
                link, apiVersion: name.apiVersion, keepsSession: opening.keepsSession, origin: origin, proof: proof)
            accept(open, link)
        case .refused(let error):
            services.report("refused MQTT client \(name.identity) at \(channel.peerAddress): \(error)")
            turnAway(error.code.status >= 500 ? .serverUnavailable : refusalCode(name.identity))
        default:
            turnAway(.serverUnavailable)
        }
    }

    /// For whoever is not let in. A disabled device disables its modules.
    private func refusalCode(_ id: TwinID) -> ConnectReturnCode {
        guard services.hub.entity(id) != nil, services.hub.entity(id.owner)?.identity.status == .disabled else {
            return .notAuthorized
        }
        return switch links.service.disabledAnswer {
        case .notAuthorized: .notAuthorized
        case .serverUnavailable: .serverUnavailable
        }
    }

    private func turnAway(_ code: ConnectReturnCode) {
        server.refuse(code, into: &output)
        end()
    }

    private func accept(_ open: OpenLink, _ link: Link) {
        guard let entity = links.admit(self, open.id) else { return turnAway(.notAuthorized) }
        phase = .open(open)
        let handle = LinkHandle(shard: services.shard, serial: serial)
        guard services.hub.links.register(handle, open.id, number: open.number) else { return end() }
        let kept = links.service.sessions.take(link)
        server.accept(kept, now: services.shard.uptimeMilliseconds, into: &output)
        open.desiredVersion = entity.twin.desiredVersion
        // What was in flight before is on its way again already.
        open.handed = Set(server.session?.deliveries.tokens.filter { !InputMessage.isToken($0) } ?? [])
        listen(to: server.session?.feeds ?? [], open)
        flush()
        entityChanged()
        channel.resumeReading()
    }

    /// Makes a change of subscriptions durable before it is acknowledged, where the session is kept.
    func subscriptionsChanged(_ change: SubscriptionChange) {
        guard case .open(let open) = phase, let session = server.session else { return }
        guard open.keepsSession, change.isChange else { return answer(change, open) }
        services.submit(
            .updateSession(open.id, link: open.number, DeviceSession(session)), origin: open.origin
        ) { [self] outcome in
            guard case .open(let open) = phase else { return }
            if case .refused(let error) = outcome {
                services.report("MQTT client \(name): \(error)")
                return end()
            }
            answer(change, open)
            flush()
        }
    }

    private func answer(_ change: SubscriptionChange, _ open: OpenLink) {
        output += change.answer
        listen(to: change.opened, open)
        if change.closed.contains(.methods) {
            services.hub.links.takesMethods(open.id, number: open.number, false)
        }
    }

    /// What begins with a subscription, or with a session that has it.
    private func listen(to feeds: Feeds, _ open: OpenLink) {
        if feeds.contains(.desiredPatches), let entity = services.hub.entity(open.id) {
            // What changed before is not told: the client reads its twin (twins.md section 10).
            open.desiredVersion = entity.twin.desiredVersion
        }
        if feeds.contains(.methods) { services.hub.links.takesMethods(open.id, number: open.number, true) }
        if feeds.contains(.commands), let entity = services.hub.entity(open.id) { deliver(entity.messages, open) }
    }
}
