import Journal
import Synchronization
import Testing
import Vocabulary

@testable import Hub

/// Links and what is kept of them (mqtt.md sections 2.4 and 2.6, auth.md section 3).
struct LinkTests {
    @Test func `A link shows in the registry while it lasts`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        it.clock.advance(seconds: 5)
        let link = try it.connect(id, model: "dtmi:a;1")
        #expect(try it.entity(id).identity.connectionState == .connected)
        #expect(try it.entity(id).identity.connectionStateUpdatedTime == it.clock.now)
        #expect(try it.entity(id).identity.lastActivityTime == it.clock.now)
        #expect(try it.entity(id).identity.modelID == "dtmi:a;1")
        #expect(it.hub.registry.connectedDevices == 1)
        it.clock.advance(seconds: 5)
        it.execute(.closeLink(id, link: link.number))
        #expect(try it.entity(id).identity.connectionState == .disconnected)
        #expect(try it.entity(id).identity.connectionStateUpdatedTime == it.clock.now)
        #expect(it.hub.registry.connectedDevices == 0)
    }

    @Test(arguments: Restart.allCases)
    func `A later link has a larger number, also after a restart`(way: Restart) throws {
        let it = try HubOnALog()
        let (one, other) = (it.make("d1"), it.make("d2"))
        var numbers = [try it.connect(one).number, try it.connect(other).number, try it.connect(one).number]
        try it.restart(way)
        numbers.append(try it.connect(other).number)
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
    }

    @Test func `The end of a link that another has replaced changes nothing`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        let (old, new) = (try it.connect(id), try it.connect(id))
        let before = it.hub.lastSequence
        it.execute(.closeLink(id, link: old.number))
        #expect(it.hub.lastSequence == before)
        #expect(try it.entity(id).link == new.number)
        #expect(it.hub.registry.connectedDevices == 1)
    }

    @Test(arguments: Restart.allCases)
    func `Whoever was connected when the hub ended is not when it begins`(way: Restart) throws {
        let it = try HubOnALog()
        let (device, other) = (it.make("d1"), it.make("d2"))
        _ = try it.connect(device)
        try it.restart(way)
        #expect(try it.entity(device).identity.connectionState == .disconnected)
        #expect(try it.entity(device).link == 0)
        #expect(try it.entity(other).identity.connectionState == .disconnected)
        #expect(it.hub.registry.connectedDevices == 0)
    }

    @Test(arguments: Restart.allCases)
    func `A session outlives links and the hub`(way: Restart) throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        let link = try it.connect(id)
        #expect(!link.sessionWasPresent)
        let session = Self.session(["$iothub/methods/POST/#": 0, "devices/d1/messages/devicebound/#": 1])
        #expect(it.refusal(of: .updateSession(id, link: link.number, session)) == nil)
        try it.restart(way)
        let again = try it.connect(id)
        #expect(again.sessionWasPresent)
        #expect(again.entity.session == session)
    }

    @Test(arguments: Restart.allCases)
    func `A link that keeps no session takes the old one away`(way: Restart) throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        let link = try it.connect(id)
        it.execute(.updateSession(id, link: link.number, Self.session(["#": 1])))
        #expect(try !it.connect(id, keepsSession: false).sessionWasPresent)
        try it.restart(way)
        let again = try it.connect(id)
        #expect(!again.sessionWasPresent)
        #expect(again.entity.session == DeviceSession())
    }

    @Test func `A link that was taken over cannot change the session`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        let old = try it.connect(id)
        _ = try it.connect(id)
        let refusal = it.refusal(of: .updateSession(id, link: old.number, Self.session(["#": 1])))
        #expect(refusal?.code == .connectionForcefullyClosedOnNewConnection)
        #expect(try it.entity(id).session == DeviceSession())
    }

    @Test func `A session holds so many subscriptions and no more`() {
        var session = DeviceSession()
        func subscribe(_ filter: String, _ quality: UInt8 = 1) -> Bool {
            session.subscribe(.init(filter: filter, qualityOfService: quality))
        }
        for number in 0..<DeviceSession.maximumSubscriptions { #expect(subscribe("\(number)")) }
        #expect(!subscribe("more"))
        #expect(subscribe("0", 0), "one that is there gets another quality")
        #expect(session.subscriptions.first?.qualityOfService == 0)
        session.unsubscribe("1")
        #expect(subscribe("more"))
    }

    @Test func `A device that is disabled, gone or unknown gets no link, and neither do its modules`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        let module = try id.module("m1")
        it.execute(.putIdentity(module, IdentityDraft(), .none))
        var disabled = IdentityDraft()
        disabled.status = .disabled
        it.execute(.putIdentity(id, disabled, .any))
        let opening = LinkOpening(keepsSession: true)
        #expect(it.refusal(of: .openLink(id, opening))?.code == .deviceDisabled)
        #expect(it.refusal(of: .openLink(module, opening))?.code == .deviceDisabled)
        it.execute(.deleteIdentity(id, .any))
        #expect(it.refusal(of: .openLink(id, opening))?.code == .deviceNotFound)
        #expect(it.refusal(of: .openLink(module, opening)) != nil)
    }

    @Test func `Activity moves the time and leaves the log as it is`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        let (old, new) = (try it.connect(id), try it.connect(id))
        let before = it.hub.lastSequence
        it.clock.advance(seconds: 9)
        it.execute(.recordActivity(id, link: old.number))
        #expect(try it.entity(id).identity.lastActivityTime < it.clock.now)
        it.execute(.recordActivity(id, link: new.number))
        #expect(try it.entity(id).identity.lastActivityTime == it.clock.now)
        #expect(it.hub.lastSequence == before)
    }

    private static func session(_ filters: KeyValuePairs<String, UInt8>) -> DeviceSession {
        var session = DeviceSession()
        for (filter, quality) in filters {
            _ = session.subscribe(.init(filter: filter, qualityOfService: quality))
        }
        return session
    }
}

/// The live connections (mqtt.md section 2.6).
struct DeviceLinksTests {
    private let id = TwinID(trusted: "d1")

    @Test func `A later link takes the place of an earlier one and ends it`() {
        let links = DeviceLinks()
        let (old, new) = (RecordingLink(), RecordingLink())
        #expect(links.register(old, id, number: 1))
        #expect(links.register(new, id, number: 2))
        #expect(old.ends == 1 && new.ends == 0)
        #expect(links.link(id) === new)
        #expect(links.count == 1)
    }

    @Test func `An earlier link that comes late does not take the place of a later one`() {
        let links = DeviceLinks()
        let (old, new) = (RecordingLink(), RecordingLink())
        #expect(links.register(new, id, number: 2))
        #expect(!links.register(old, id, number: 1))
        #expect(links.link(id) === new)
        #expect(new.ends == 0)
    }

    @Test func `Only the link itself can be removed or take methods`() {
        let links = DeviceLinks()
        let link = RecordingLink()
        _ = links.register(link, id, number: 2)
        links.remove(id, number: 1)
        links.takesMethods(id, number: 1, true)
        #expect(links.link(id) === link && links.methodLink(id) == nil)
        links.takesMethods(id, number: 2, true)
        #expect(links.methodLink(id) === link)
        links.remove(id, number: 2)
        #expect(links.link(id) == nil && links.methodLink(id) == nil && links.count == 0)
    }

    @Test func `Who waits for methods goes on once they are taken, or gives up`() {
        let links = DeviceLinks()
        let resumed = Mutex(0)
        let wait = { links.whenTakingMethods(id) { resumed.withLock { $0 += 1 } } }
        let given = wait()
        _ = wait()
        links.stopWaiting(id, ticket: given)
        _ = links.register(RecordingLink(), id, number: 1)
        #expect(resumed.withLock { $0 } == 0)
        links.takesMethods(id, number: 1, true)
        #expect(resumed.withLock { $0 } == 1)
        links.takesMethods(id, number: 1, true)
        #expect(resumed.withLock { $0 } == 1, "once")
        _ = wait()
        #expect(resumed.withLock { $0 } == 2, "at once where they are taken already")
    }
}

private final class RecordingLink: DeviceLink {
    private let count = Mutex(0)
    var ends: Int { count.withLock { $0 } }

    func invoke(_ request: MethodRequest) {}
    func forget(_ request: MethodRequest.ID) {}
    func deliver(_ message: InputMessage) {}
    func end(_ reason: LinkEnd) { count.withLock { $0 += 1 } }
}
