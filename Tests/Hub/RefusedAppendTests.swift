import Dispatch
import Glibc
import JSON
import Synchronization
import Testing
import Twins
import Vocabulary

@testable import Hub
@testable import Journal

/// A log that takes no more: writes answer 503, nothing of them has happened, and reads go on.
struct RefusedAppendTests {
    private static let full = LogFailure.refused(reason: "No space left on device")

    private static func patch(_ id: TwinID, _ value: Int) throws -> Command {
        .patchTwin(
            id, try ServicePatch(body: JSONDocument(parsing: #"{"properties":{"desired":{"a":\#(value)}}}"#)), .none)
    }

    @Test func `A refused write leaves everything as it was, and the next one is as if it had never been`() throws {
        let it = try HubOnALog()
        let (device, module) = (it.make("d"), it.make("d/m"))
        try it.send("waits", to: device)
        it.execute(try Self.patch(device, 1))
        let report = try ReportedPatch(body: JSONDocument(parsing: #"{"a":1}"#))
        let commands: [Command] = [
            .putIdentity(TwinID(trusted: "new"), IdentityDraft(), .none), .putIdentity(device, IdentityDraft(), .any),
            .deleteIdentity(device, .any), try Self.patch(device, 2), .report(module, report, expecting: nil),
            .enqueueMessage(device, MessageDraft(content: MessageContent())), .purgeMessages(device),
            .openLink(device, LinkOpening(keepsSession: true)), .reset(.empty),
            .putAuthority(try AuthorityName("factory"), SampleAuthorities.one, isVerified: true, .none),
            .bulk([try RegistryItem(JSONDocument(parsing: #"{"id":"new"}"#).root)]),
            .seed([try RegistryItem(JSONDocument(parsing: #"{"id":"new"}"#).root)], isComplete: true),
        ]
        let before = try Seen(it, [device, module])
        for command in commands {
            it.refuseWrites(Self.full)
            let refusal = try #require(it.refusal(of: command), "\(command)")
            #expect(refusal.code == .serviceUnavailable && refusal.code.status == 503, "\(command)")
            #expect(refusal.text.contains("No space left on device"))
            #expect(it.hub.writeObstacle?.contains("No space left on device") == true)
            #expect(try Seen(it, [device, module]) == before, "\(command)")
        }
        it.refuseWrites(nil)
        #expect(it.refusal(of: try Self.patch(device, 3)) == nil)
        #expect(it.hub.writeObstacle == nil)
        let patches = try #require(it.entity(device).patches.after(2, current: 3))
        #expect(patches.map { String(decoding: $0.json, as: UTF8.self) } == [#"{"a":3,"$version":3}"#])
        #expect(try it.records().map(\.sequence) == Array(1...it.hub.lastSequence))
        try it.restart()
        #expect(it.hub.devices(limit: 9).map(\.id) == [device])
        #expect(try it.texts(device) == ["waits"])
    }

    /// What readers see.
    private struct Seen: Equatable {
        var documents: [[UInt8]]
        var identities: [Identity]
        var sequence: UInt64
        var registry: RegistrySummary
        var messages: [String]
        var authorities: [RegisteredAuthority]

        init(_ it: HubOnALog, _ ids: [TwinID]) throws {
            let entities = try ids.map(it.entity)
            documents = entities.map(\.document.bytes)
            identities = entities.map(\.identity)
            sequence = it.hub.lastSequence
            registry = it.hub.registry
            messages = try it.texts(ids[0])
            authorities = it.hub.authorities
        }
    }

    @Test func `A batch is refused whole: each of its commands, whatever it would have been answered by itself`() throws
    {
        let it = try HubOnALog()
        let old = it.make("old")
        let party = Party(it.hub)
        party.watchEverything(of: old)
        it.refuseWrites(Self.full)
        let new = TwinID(trusted: "new")
        let commands: [Command] = [
            .putIdentity(new, IdentityDraft(), .none), try Self.patch(new, 1), try Self.patch(old, 1),
            .deleteIdentity(old, .any),
            // This one would have been refused anyhow, or accepted, by what the one before has not done after all.
            .putIdentity(old, IdentityDraft(), .none), .closeLink(old, link: 7),
        ]
        party.submit(commands)
        let delivery = party.next()
        #expect(delivery.outcomes.map(\.token) == Array(0..<UInt64(commands.count)))
        for (_, outcome) in delivery.outcomes {
            guard case .refused(let error) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(error.code == .serviceUnavailable)
        }
        // Nobody hears of what has not happened.
        #expect(delivery.changes.isEmpty && delivery.events.isEmpty)
        #expect(it.hub.entity(new) == nil && it.hub.lastSequence == 1)
        it.refuseWrites(nil)
        party.submit([try Self.patch(old, 2)])
        let after = party.next()
        #expect(after.changes.map(\.id) == [old] && after.events.map(\.sequence) == [2])
    }

    @Test func `What needs no event is answered while the log takes nothing`() throws {
        let it = try HubOnALog()
        let device = it.make("d")
        try it.send("m", to: device)
        it.refuseWrites(Self.full)
        #expect(it.refusal(of: .deleteIdentity(device, .none))?.code == .preconditionFailed)
        #expect(it.refusal(of: .deleteIdentity(TwinID(trusted: "x"), .any))?.code == .deviceNotFound)
        // A lock passes with the process, and is not in the log.
        #expect(try it.lock(device)?.sequence == 1)
        #expect(it.refusal(of: .patchTwin(device, try ServicePatch(body: JSONDocument(parsing: "{}")), .none)) == nil)
    }

    @Test func `On a full disk nothing is lost that was acknowledged, and with room writes come back`() throws {
        let folder = TemporaryFolder()
        let room = Mutex<Int?>(nil)
        let (device, other) = (TwinID(trusted: "d"), TwinID(trusted: "e"))
        let options = Self.options(
            FileOperations(
                write: { descriptor, bytes, offset in
                    let left = room.withLock { $0 } ?? bytes.count
                    guard left > 0 else {
                        errno = ENOSPC
                        return -1
                    }
                    room.withLock { $0 = $0.map { $0 - min($0, bytes.count) } }
                    return pwrite(descriptor, bytes.baseAddress, min(bytes.count, left), offset)
                }, sync: { fdatasync($0) }))
        let hub = try Hub(log: Journal(folder: folder.path, options: options))
        func execute(_ command: Command) -> Outcome { hub.execute(command, origin: HubOnALog.origin) }
        _ = execute(.putIdentity(device, IdentityDraft(), .none))
        // However much of the line still finds room.
        for left in stride(from: 0, through: 240, by: 24) {
            room.withLock { $0 = left }
            guard case .refused(let error) = execute(.putIdentity(other, IdentityDraft(), .none)) else {
                Issue.record("taken with \(left) bytes of room")
                return
            }
            #expect(error.code == .serviceUnavailable && hub.writeObstacle != nil)
            #expect(hub.entity(device) != nil && hub.entity(other) == nil)
            let copy = folder.copied()
            let crashed = try Hub(log: Journal(folder: copy.path))
            #expect(crashed.devices(limit: 9).map(\.id) == [device], "\(left) bytes of room")
            crashed.close()
        }
        room.withLock { $0 = nil }
        guard case .entity = execute(.putIdentity(other, IdentityDraft(), .none)) else {
            Issue.record("still refused: \(hub.writeObstacle ?? "-")")
            return
        }
        #expect(hub.writeObstacle == nil)
        hub.close()
        let again = try Hub(log: Journal(folder: folder.path))
        #expect(again.devices(limit: 9).map(\.id) == [device, other] && again.lastSequence == 2)
        again.close()
    }

    @Test func `After a failed sync writes stay refused until the hub begins anew`() throws {
        let folder = TemporaryFolder()
        let fails = Mutex(false)
        let options = Self.options(
            FileOperations(
                write: { pwrite($0, $1.baseAddress, $1.count, $2) },
                sync: {
                    guard !fails.withLock({ $0 }) else {
                        errno = EIO
                        return -1
                    }
                    return fdatasync($0)
                }))
        let hub = try Hub(log: Journal(folder: folder.path, options: options))
        let device = TwinID(trusted: "d")
        _ = hub.execute(.putIdentity(device, IdentityDraft(), .none), origin: HubOnALog.origin)
        for isFailing in [true, false, false] {
            fails.withLock { $0 = isFailing }
            guard case .refused(let error) = hub.execute(try Self.patch(device, 1), origin: HubOnALog.origin) else {
                Issue.record("taken after a failed sync")
                return
            }
            #expect(error.code == .serviceUnavailable)
            #expect(hub.entity(device)?.twin.version == 2)
        }
        hub.close()
        let again = try Hub(log: Journal(folder: folder.path))
        #expect(again.entity(device)?.twin.version == 2)
        guard case .entity = again.execute(try Self.patch(device, 1), origin: HubOnALog.origin) else {
            Issue.record("refused after a restart")
            return
        }
        again.close()
    }

    private static func options(_ files: FileOperations) -> JournalOptions {
        var options = JournalOptions()
        options.files = files
        return options
    }

    @Test func `After its end a hub takes nothing, and says so`() throws {
        let it = try HubOnALog()
        let device = it.make("d")
        it.hub.close()
        #expect(it.refusal(of: try Self.patch(device, 1))?.code == .serviceUnavailable)
        #expect(try it.entity(device).twin.version == 2)
    }

    @Test func `More commands than may wait are refused at once, and the others are not touched`() throws {
        var limits = HubLimits()
        limits.waitingCommands = 3
        let it = try HubOnALog(limits)
        let party = Party(it.hub)
        party.submit((0..<4).map { .putIdentity(TwinID(trusted: "d\($0)"), IdentityDraft(), .none) })
        let refused = party.next()
        #expect(refused.outcomes.count == 4)
        for (_, outcome) in refused.outcomes {
            guard case .refused(let error) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(error.code == .serverBusy)
        }
        party.submit((0..<3).map { .putIdentity(TwinID(trusted: "d\($0)"), IdentityDraft(), .none) })
        #expect(party.next().outcomes.count == 3)
        #expect(it.hub.registry.devices == 3)
    }
}

/// Submits commands and takes what it is told, one delivery after the other.
private final class Party: HubSubscriber {
    private let hub: Hub
    private let deliveries = Mutex<[Delivery]>([])
    private let arrived = DispatchSemaphore(value: 0)
    private let id = Mutex<SubscriberID?>(nil)

    init(_ hub: Hub) {
        self.hub = hub
        let number = hub.subscribe(self)
        id.withLock { $0 = number }
    }

    private var number: SubscriberID {
        guard let number = id.withLock({ $0 }) else { preconditionFailure("subscribed in init") }
        return number
    }

    func watchEverything(of entity: TwinID) {
        hub.watchFeed(number, true)
        _ = hub.watch(entity, number)
    }

    /// In one go, so that they make one batch; their tokens count from 0.
    func submit(_ commands: [Command]) {
        hub.submit(
            commands.enumerated().map {
                Submission(subscriber: number, token: UInt64($0), command: $1, origin: HubOnALog.origin)
            })
    }

    func deliver(_ delivery: Delivery) {
        deliveries.withLock { $0.append(delivery) }
        arrived.signal()
    }

    func next() -> Delivery {
        arrived.wait()
        return deliveries.withLock { $0.removeFirst() }
    }
}
