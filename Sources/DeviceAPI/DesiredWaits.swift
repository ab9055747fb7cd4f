import DequeModule
import Endpoints
import HTTP
import Hub
import Reactor
import Vocabulary

/// Everybody on one shard who waits for desired properties to change.
///
/// The hub is told once a shard which twins are waited for, before it is looked at where they stand, so that no change
/// falls between looking and waiting. A change is answered from one rendered body, in slices.
final class DesiredWaits {
    private unowned let services: ShardServices
    private var groups: [TwinID: DesiredGroup] = [:]
    private var all: [DesiredWaiter] = []
    /// Those who are due an answer, with its body; events in the form of a stream.
    private var due: Deque<(waiter: DesiredWaiter, answer: Due)> = []
    private var isDelivering = false
    private lazy var sweep = WaitSweep(on: services.shard) { [unowned self] in look($0, $1) }

    private enum Due {
        case body([UInt8])
        case events([UInt8])
        case failure(HubError)
        case deleted
    }

    init(_ services: ShardServices) {
        self.services = services
        services.listen { [unowned self] delivery in
            for change in delivery.changes { changed(change.id) }
        }
    }

    var count: Int { all.count }

    // MARK: Coming

    /// The twin as it stands, watched from now on. Everybody who gets one releases it, or waits.
    func watch(_ id: TwinID) -> Entity? {
        if let group = groups[id] {
            guard let entity = services.hub.entity(id) else { return nil }
            group.lookers += 1
            return entity
        }
        guard let entity = services.watch(id) else { return nil }
        let group = DesiredGroup(self, id)
        group.lookers = 1
        group.generation = entity.identity.generation
        groups[id] = group
        return entity
    }

    func release(_ id: TwinID) {
        guard let group = groups[id] else { return }
        group.lookers -= 1
        leaveIfEmpty(id, group)
    }

    /// Waits until the twin has moved on, for so long at most.
    func park(
        _ responder: any Responder, _ id: TwinID, _ entity: Entity, after: UInt64, seconds: Int
    ) throws(HubError) {
        let deadline = services.shard.uptimeMilliseconds + UInt64(seconds) * 1000
        _ = try join(responder, id, entity, after: after, deadline: deadline)
    }

    /// Opens a stream with what the client does not know yet, and goes on with what comes.
    func stream(to responder: any Responder, _ id: TwinID, _ entity: Entity, after: UInt64?) throws(HubError) {
        let waiter = try join(responder, id, entity, after: after, deadline: 0)
        responder.openStream(Wait.stream)
        if after != entity.twin.desiredVersion { send(DesiredAnswer.events(entity, after: after), to: waiter) }
        waiter.after = entity.twin.desiredVersion
    }

    private func join(
        _ responder: any Responder, _ id: TwinID, _ entity: Entity, after: UInt64?, deadline: UInt64
    ) throws(HubError) -> DesiredWaiter {
        guard all.count < Wait.maximumOnShard else {
            throw HubError(.serverBusy, "\(Wait.maximumOnShard) clients wait here, the limit.")
        }
        guard let group = groups[id] else { throw .deviceNotFound(id) }
        // Somebody who waits for an earlier twin of this name is told first.
        if group.generation != entity.identity.generation {
            changed(id)
            group.generation = entity.identity.generation
        }
        group.lookers -= 1
        let waiter = DesiredWaiter(responder, group, after: after, deadline: deadline)
        group.waiters.add(waiter)
        waiter.placeInAll = Int32(truncatingIfNeeded: all.count)
        all.append(waiter)
        services.counts.waits.add(1, ordering: .relaxed)
        responder.listener = waiter
        sweep.start()
        return waiter
    }

    // MARK: Going

    /// The client has gone, or has its answer.
    func remove(_ waiter: DesiredWaiter) {
        guard waiter.placeInAll >= 0 else { return }
        let last = all.removeLast()
        if last !== waiter {
            all[Int(waiter.placeInAll)] = last
            last.placeInAll = waiter.placeInAll
        }
        waiter.placeInAll = -1
        services.counts.waits.subtract(1, ordering: .relaxed)
        waiter.group.waiters.remove(waiter)
        leaveIfEmpty(waiter.group.id, waiter.group)
    }

    private func leaveIfEmpty(_ id: TwinID, _ group: DesiredGroup) {
        guard group.waiters.all.isEmpty, group.lookers == 0, groups[id] === group else { return }
        groups[id] = nil
        services.unwatch(id)
    }

    // MARK: Telling

    /// Something about this twin has changed. What counts is how it stands now: a later change than the one that was told
    /// of may have come already.
    private func changed(_ id: TwinID) {
        guard let group = groups[id] else { return }
        let entity = services.hub.entity(id)
        // One body for all who know the same.
        var bodies: [UInt64: Due] = [:]
        for waiter in group.waiters.all {
            guard let entity, entity.identity.generation == group.generation else {
                take(
                    waiter,
                    entity == nil ? .failure(.deviceNotFound(id)) : .failure(.gone("The twin was created anew.")))
                continue
            }
            let version = entity.twin.desiredVersion
            guard let after = waiter.after, after < version else { continue }
            let key = after << 1 | (waiter.isStream ? 1 : 0)
            let answer: Due
            if let made = bodies[key] {
                answer = made
            } else {
                answer =
                    waiter.isStream
                    ? .events(DesiredAnswer.events(entity, after: after))
                    : .body(DesiredAnswer.body(entity, after: after))
                bodies[key] = answer
            }
            waiter.after = version
            due.append((waiter, answer))
        }
        deliver()
    }

    private func take(_ waiter: DesiredWaiter, _ failure: Due) {
        due.append((waiter, waiter.isStream ? .deleted : failure))
    }

    /// Answers a slice of those who are due, then lets other connections have their turn.
    private func deliver() {
        guard !isDelivering else { return }
        for _ in 0..<Wait.slice {
            guard let next = due.popFirst() else { return }
            answer(next.waiter, next.answer)
        }
        guard !due.isEmpty else { return }
        isDelivering = true
        let shard = services.shard
        shard.post {
            guard let services = shard.context as? ShardServices else { return }
            let waits = services.room(DesiredWaits.self, make: DesiredWaits.init)
            waits.isDelivering = false
            waits.deliver()
        }
    }

    private func answer(_ waiter: DesiredWaiter, _ answer: Due) {
        // Its client has gone in the meantime.
        guard waiter.placeInAll >= 0 else { return }
        switch answer {
        case .events(let events): send(events, to: waiter)
        case .body(let body):
            remove(waiter)
            waiter.responder.respond(HTTPResponse.json(body))
        case .failure(let error):
            remove(waiter)
            waiter.responder.respond(
                ErrorBody.response(error, requestID: services.requestID(), at: services.environment.now()))
        case .deleted:
            remove(waiter)
            waiter.responder.send(ServerSentEvent.bytes("deleted", data: Array("{}".utf8)))
            waiter.responder.endStream()
        }
    }

    /// A reader that is too slow has been cut off, and comes back with the last version it has seen.
    private func send(_ events: [UInt8], to waiter: DesiredWaiter) {
        if !waiter.responder.send(events) { remove(waiter) }
    }

    // MARK: Time

    private func look(_ now: UInt64, _ isTimeForComments: Bool) -> Bool {
        var over: [DesiredWaiter] = []
        var quiet: [DesiredWaiter] = []
        for waiter in all {
            if waiter.deadline != 0, waiter.deadline <= now { over.append(waiter) }
            if waiter.isStream, isTimeForComments { quiet.append(waiter) }
        }
        for waiter in over { end(waiter, closes: false) }
        for waiter in quiet { send(ServerSentEvent.comment, to: waiter) }
        return !all.isEmpty
    }

    private func end(_ waiter: DesiredWaiter, closes: Bool) {
        guard waiter.placeInAll >= 0 else { return }
        remove(waiter)
        if waiter.isStream { waiter.responder.endStream() } else { waiter.responder.respond(Wait.over(closes: closes)) }
    }

    /// The server stops.
    func endAll() {
        for waiter in all { end(waiter, closes: true) }
    }
}
