import JSON
import TestSupport
import Testing
import Twins
import Vocabulary

@testable import Hub
@testable import Journal

/// A hub and what it should hold.
struct ModelRun {
    let hub: Hub
    var model: NaiveHub
    /// The model after each command that left something in the log, by the sequence of its last event.
    private(set) var moments: [UInt64: NaiveHub] = [:]
    private let disk: FullDisk

    static let devices = ["d1", "d2", "d3", "d4"]
    static let ids = devices + devices.flatMap { ["\($0)/m1", "\($0)/m2"] }

    init(
        _ folder: TemporaryFolder, _ options: JournalOptions, _ model: NaiveHub = NaiveHub(),
        disk: FullDisk = FullDisk()
    ) throws {
        var options = options
        options.files = disk.operations
        hub = try Hub(log: Journal(folder: folder.path, options: options))
        self.disk = disk
        self.model = model
        self.model.restart()
        moments[hub.lastSequence] = self.model
    }

    /// Now and then there is no room on the disk at first: what is refused then has left no trace, and is asked again.
    private func execute(_ command: Command) -> Outcome {
        guard disk.isFullNow() else { return hub.execute(command, origin: HubOnALog.origin) }
        let before = hub.lastSequence
        let outcome = hub.execute(command, origin: HubOnALog.origin)
        disk.hasRoomAgain()
        guard case .refused(let error) = outcome, error.code == .serviceUnavailable else { return outcome }
        #expect(hub.lastSequence == before)
        for id in Self.ids { #expect(throws: Never.self) { try compare(id, "refused") } }
        return hub.execute(command, origin: HubOnALog.origin)
    }

    /// One random command; what it answers and what it leaves are compared.
    mutating func step(_ random: inout SeededRandom) throws {
        let before = hub.lastSequence
        try ask(&random)
        if hub.lastSequence > before { moments[hub.lastSequence] = model }
        #expect(hub.registry.identities == model.entries.count)
        #expect(hub.registry.modules == model.entries.keys.count { $0.contains("/") })
        #expect(hub.registry.disabledDevices == model.entries.count { !$0.key.contains("/") && !$0.value.isEnabled })
        #expect(hub.registry.connectedDevices == model.entries.count { !$0.key.contains("/") && $0.value.link != 0 })
    }

    private mutating func ask(_ random: inout SeededRandom) throws {
        let key = Self.ids[random.below(Self.ids.count)]
        let id = TwinID(trusted: key)
        let before = model.entries[key]
        let number = random.below(1000)
        switch random.below(25) {
        case 0, 1, 2: try create(id, before)
        case 3: try update(id, before, random.below(4), isEnabled: random.below(3) > 0)
        case 4: try delete(id, before, random.below(3))
        case 5, 6, 7, 8: try patch(id, before, &random)
        case 9:
            let (tags, desired) = (random.section(), random.section())
            let body = #"{"tags":\#(json(tags)),"properties":{"desired":\#(json(desired))}}"#
            let outcome = execute(.replaceTwin(id, try ServiceReplacement(body: JSONDocument(parsing: body)), .none))
            try expect(outcome, before == nil ? 404001 : nil)
            model.replace(key, tags: tags, desired: desired)
        case 10, 11, 12:
            let patch = random.patch()
            let document = try JSONDocument(parsing: json(patch))
            let outcome = execute(.report(id, try ReportedPatch(body: document), expecting: nil))
            try expect(outcome, before == nil ? 404001 : nil)
            model.report(key, patch)
        case 13, 14: try enqueue(id, before, "message \(number)")
        case 15: try settle(id, before, &random)
        case 16: try purge(id, before)
        case 17: try connect(id, before, keepsSession: random.below(3) > 0)
        case 18: try subscribe(id, before, "filter/\(random.below(3))")
        case 19, 20, 21: try bulk(&random)
        case 22: try seed(&random)
        default:
            guard random.once(in: 25) else { return }
            try reset(random.once(in: 3) ? .empty : .seed)
        }
        try compare(key)
    }

    /// A number of the catalogue, or nil for success.
    private func expect(_ outcome: Outcome, _ number: Int?, _ line: Int = #line) throws {
        if case .refused(let error) = outcome {
            #expect(error.code.number == number, "\(error), from line \(line)")
        } else {
            #expect(number == nil, "accepted, from line \(line)")
        }
    }

    private func missing(_ id: TwinID) -> Int { id.isModule ? 404010 : 404001 }

    private mutating func create(_ id: TwinID, _ before: NaiveHub.Entry?) throws {
        let outcome = execute(.putIdentity(id, IdentityDraft(), .none))
        if before != nil { return try expect(outcome, id.isModule ? 409301 : 409001) }
        if model.entries[id.device] == nil, id.isModule { return try expect(outcome, 404001) }
        try expect(outcome, nil)
        guard case .entity(let entity) = outcome else { return }
        model.entries[id.key] = NaiveHub.Entry(etag: entity.identity.etagCounter)
    }

    private mutating func update(_ id: TwinID, _ before: NaiveHub.Entry?, _ way: Int, isEnabled: Bool) throws {
        var draft = IdentityDraft()
        draft.status = isEnabled ? .enabled : .disabled
        let current = before.map { ETag.decimal($0.etag) } ?? "none"
        let precondition: Precondition = way == 0 ? .any : .matching([way == 1 ? ETag.decimal(7) : current])
        let outcome = execute(.putIdentity(id, draft, precondition))
        guard before != nil else { return try expect(outcome, missing(id)) }
        if way == 1 { return try expect(outcome, 412001) }
        try expect(outcome, nil)
        model.entries[id.key]?.etag += 1
        if !id.isModule { model.entries[id.key]?.isEnabled = isEnabled }
    }

    private mutating func delete(_ id: TwinID, _ before: NaiveHub.Entry?, _ way: Int) throws {
        let outcome = execute(.deleteIdentity(id, way == 0 ? .none : .any))
        guard before != nil else { return try expect(outcome, missing(id)) }
        if way == 0 { return try expect(outcome, 412001) }
        try expect(outcome, nil)
        model.delete(id.key)
    }

    private mutating func patch(_ id: TwinID, _ before: NaiveHub.Entry?, _ random: inout SeededRandom) throws {
        let (tags, desired) = (random.patch(), random.patch())
        let body = #"{"tags":\#(json(tags)),"properties":{"desired":\#(json(desired))}}"#
        var precondition = Precondition.none
        if let before, random.below(3) == 0 {
            let isStale = random.below(2) == 0
            var text: [UInt8] = []
            ETag.appendTwin(UInt64(before.twin.updates + (isStale ? 1 : 0)), to: &text)
            precondition = .matching([String(decoding: text, as: UTF8.self)])
            if isStale {
                let outcome = execute(
                    .patchTwin(id, try ServicePatch(body: JSONDocument(parsing: body)), precondition))
                return try expect(outcome, 412001)
            }
        }
        let outcome = execute(.patchTwin(id, try ServicePatch(body: JSONDocument(parsing: body)), precondition))
        try expect(outcome, before == nil ? 404001 : nil)
        model.patch(id.key, tags: tags, desired: desired)
    }

    private mutating func enqueue(_ id: TwinID, _ before: NaiveHub.Entry?, _ text: String) throws {
        let outcome = execute(.enqueueMessage(id, MessageDraft(content: MessageContent(body: Array(text.utf8)))))
        guard let before else { return try expect(outcome, missing(id)) }
        if before.messages.count >= hub.limits.messagesPerDevice { return try expect(outcome, 403004) }
        try expect(outcome, nil)
        model.entries[id.key]?.messages.append(.init(sequence: before.nextMessage, text: text))
        model.entries[id.key]?.nextMessage += 1
    }

    private mutating func settle(_ id: TwinID, _ before: NaiveHub.Entry?, _ random: inout SeededRandom) throws {
        guard let before, let place = before.messages.indices.randomElement(using: &random) else { return }
        let message = before.messages[place]
        let settlement: MessageSettlement = [.complete, .reject, .abandon][random.below(3)]
        try expect(execute(.settleMessage(id, .sequence(message.sequence), settlement)), nil)
        if settlement == .abandon, message.deliveries + 1 < hub.limits.messageDeliveries {
            model.entries[id.key]?.messages[place].deliveries += 1
        } else {
            model.entries[id.key]?.messages.remove(at: place)
        }
    }

    private mutating func purge(_ id: TwinID, _ before: NaiveHub.Entry?) throws {
        let outcome = execute(.purgeMessages(id))
        guard let before else { return try expect(outcome, missing(id)) }
        guard case .purged(let count) = outcome else { return try expect(outcome, nil) }
        #expect(count == before.messages.count)
        model.entries[id.key]?.messages = []
    }

    private mutating func connect(_ id: TwinID, _ before: NaiveHub.Entry?, keepsSession: Bool) throws {
        let outcome = execute(.openLink(id, LinkOpening(keepsSession: keepsSession)))
        guard let before else { return try expect(outcome, missing(id)) }
        if model.entries[id.device]?.isEnabled != true { return try expect(outcome, 403012) }
        guard case .link(let link) = outcome else { return try expect(outcome, nil) }
        #expect(link.sessionWasPresent == (keepsSession && before.filters != nil))
        #expect(link.number > model.newestLink)
        model.newestLink = link.number
        model.entries[id.key]?.link = link.number
        model.entries[id.key]?.filters = keepsSession ? before.filters ?? [] : nil
    }

    private mutating func subscribe(_ id: TwinID, _ before: NaiveHub.Entry?, _ filter: String) throws {
        guard let before, before.link != 0, let filters = before.filters, !filters.contains(filter) else { return }
        var session = DeviceSession()
        for filter in filters + [filter] { _ = session.subscribe(.init(filter: filter, qualityOfService: 1)) }
        try expect(execute(.updateSession(id, link: before.link, session)), nil)
        model.entries[id.key]?.filters = filters + [filter]
    }

    private mutating func bulk(_ random: inout SeededRandom) throws {
        var items: [RegistryItem] = []
        var refusals: [String] = []
        var created: [String] = []
        var after = model
        for key in Self.ids.shuffled(using: &random).prefix(1 + random.below(4)) {
            let item = ModelItem(key, model.entries[key], &random)
            items.append(try RegistryItem(JSONDocument(parsing: item.text).root))
            if let number = item.apply(to: &after) { refusals.append("\(key) \(number)") }
            if after.entries[key]?.etag == 0 { created.append(key) }
        }
        let outcome = execute(.bulk(items))
        model = after
        guard case .bulk(let result) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(result.errors.map { "\($0.id) \($0.error.code.number)" } == refusals)
        learnETags(of: created)
        for item in items { try compare(item.id.key, "bulk") }
    }

    /// A device and maybe its modules, as lines of a seed.
    private mutating func seed(_ random: inout SeededRandom) throws {
        let device = Self.devices[random.below(Self.devices.count)]
        let keys = [device, "\(device)/m1", "\(device)/m2"].filter { _ in random.below(3) > 0 }
        let lines = keys.map { NaiveHub.Seeded(key: $0, isEnabled: random.below(3) > 0, twin: random.twin()) }
        let items = try lines.map { try RegistryItem(JSONDocument(parsing: $0.text).root) }
        let outcome = execute(.seed(items, isComplete: true))
        let refusal = model.seed(lines)
        try expect(outcome, refusal)
        if refusal == nil { learnETags(of: keys) }
        #expect(hub.seedProgress.identities == model.seeded.count)
        for key in keys { try compare(key, "seed") }
    }

    private mutating func reset(_ target: ResetTarget) throws {
        try expect(execute(.reset(target)), nil)
        model.reset(toSeed: target == .seed)
        learnETags(of: Array(model.entries.keys))
        for key in Self.ids { try compare(key, "reset to \(target)") }
    }

    /// An identity's first ETag is anything.
    private mutating func learnETags(of keys: [String]) {
        for key in keys {
            guard let entity = hub.entity(TwinID(trusted: key)) else { continue }
            #expect((10_000_000..<(1 << 30)).contains(entity.identity.etagCounter), "\(key)")
            model.entries[key]?.etag = entity.identity.etagCounter
        }
    }

    // MARK: Comparing

    private func compare(_ key: String, _ what: String = "") throws {
        let entity = hub.entity(TwinID(trusted: key))
        var expected = model.entries[key]
        var found = try entity.map { try NaiveHub.Entry($0) }
        // Which number the next message gets is seen when it comes.
        expected?.nextMessage = 0
        found?.nextMessage = 0
        #expect(found == expected, "\(key) \(what)")
    }

    /// Everything, as another hub holds it that was begun on what this one left.
    func compareAll(_ what: String, with other: ModelRun) throws {
        for id in Self.ids { try other.compare(id, what) }
        #expect(other.hub.registry.identities == other.model.entries.count, "\(what)")
        #expect(other.hub.registry.connectedDevices == 0, "\(what)")
        other.hub.close()
    }
}
