import Glibc
import JSON
import Journal
import Testing
import Twins
import Vocabulary

@testable import Hub

/// Random commands against a hub on a journal and against a naive model, compared after each command, and again after each
/// crash and replay. Small segments and snapshots, so that a few hundred commands pass through all of them.
@Suite struct HubModelTests {
    static let rounds = 300

    @Test(arguments: 0..<12)
    func `Whatever is asked of it, the hub holds what the plain rules say, over crashes too`(_ seed: Int) throws {
        var random = Numbers(seed: UInt64(seed))
        let folder = Folder()
        var run = try ModelRun(folder, Self.options)
        for round in 0..<Self.rounds {
            try run.step(&random)
            if random.below(40) == 0 {
                let crashed = folder.copied()
                // Half of a line that a crash cut short is no event.
                if random.below(2) == 0 { crashed.tear() }
                try run.compareAll("crash after round \(round)", with: ModelRun(crashed, Self.options, run.model))
            }
        }
        run.hub.close()
        try run.compareAll("stop", with: ModelRun(folder, Self.options, run.model))
    }

    private static var options: JournalOptions {
        var options = JournalOptions()
        options.durability = .none
        options.firstSegmentBytes = 8 << 10
        options.segmentBytes = 16 << 10
        options.snapshotBytes = 32 << 10
        return options
    }
}

/// A hub and what it should hold.
private struct ModelRun {
    let hub: Hub
    var model: NaiveHub

    static let devices = ["d1", "d2", "d3", "d4"]
    static let ids = devices + devices.flatMap { ["\($0)/m1", "\($0)/m2"] }

    init(_ folder: Folder, _ options: JournalOptions, _ model: NaiveHub = NaiveHub()) throws {
        hub = try Hub(log: Journal(folder: folder.path, options: options))
        self.model = model
        self.model.restart()
    }

    private func execute(_ command: Command) -> Outcome {
        hub.execute(
            command, origin: Origin(principal: "test", requestID: RequestID(high: 0, low: 0), transport: "test"))
    }

    /// One random command; what it answers and what it leaves are compared.
    mutating func step(_ random: inout Numbers) throws {
        let key = Self.ids[random.below(Self.ids.count)]
        let id = TwinID(trusted: key)
        let before = model.entries[key]
        let number = random.below(1000)
        switch random.below(20) {
        case 0, 1, 2: try create(id, before)
        case 3: try update(id, before, random.below(4), isEnabled: random.below(3) > 0)
        case 4: try delete(id, before, random.below(3))
        case 5, 6, 7, 8: try patch(id, before, &random)
        case 9:
            let (tags, desired) = (random.section(), random.section())
            let body = #"{"tags":\#(text(tags)),"properties":{"desired":\#(text(desired))}}"#
            let outcome = execute(.replaceTwin(id, try ServiceReplacement(body: JSONDocument(parsing: body)), .none))
            try expect(outcome, before == nil ? 404001 : nil)
            model.replace(key, tags: tags, desired: desired)
        case 10, 11, 12:
            let patch = random.patch()
            let document = try JSONDocument(parsing: text(patch))
            let outcome = execute(.report(id, try ReportedPatch(body: document), expecting: nil))
            try expect(outcome, before == nil ? 404001 : nil)
            model.report(key, patch)
        case 13, 14: try enqueue(id, before, "message \(number)")
        case 15: try settle(id, before, &random)
        case 16: try purge(id, before)
        case 17: try connect(id, before, keepsSession: random.below(3) > 0)
        case 18: try subscribe(id, before, "filter/\(random.below(3))")
        default:
            guard random.below(25) == 0 else { return }
            try expect(execute(.reset(.empty)), nil)
            model.entries = [:]
        }
        try compare(key)
        #expect(hub.registry.identities == model.entries.count)
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

    private mutating func patch(_ id: TwinID, _ before: NaiveHub.Entry?, _ random: inout Numbers) throws {
        let (tags, desired) = (random.patch(), random.patch())
        let body = #"{"tags":\#(text(tags)),"properties":{"desired":\#(text(desired))}}"#
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

    private mutating func settle(_ id: TwinID, _ before: NaiveHub.Entry?, _ random: inout Numbers) throws {
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
        #expect(other.hub.registry.identities == model.entries.count, "\(what)")
        #expect(other.hub.registry.connectedDevices == 0, "\(what)")
        other.hub.close()
    }
}

extension NaiveHub.Twin {
    init(_ entity: Entity) throws {
        version = Int(entity.twin.version)
        updates = Int(entity.twin.updates)
        desiredVersion = Int(entity.twin.desiredVersion)
        reportedVersion = Int(entity.twin.reportedVersion)
        let document = try JSONDocument(parsing: entity.document.bytes).root
        tags = Self.section(document["tags"])
        desired = Self.section(document["properties"]?["desired"])
        reported = Self.section(document["properties"]?["reported"])
    }

    private static func section(_ value: JSONValue?) -> [String: Int] {
        var section: [String: Int] = [:]
        for (key, value) in value?.members ?? JSONDocument.empty.root.members where !key.hasPrefix("$") {
            section[key] = value.int.map { Int($0) }
        }
        return section
    }
}

extension JSONDocument {
    fileprivate static var empty: JSONDocument {
        guard let document = try? JSONDocument(parsing: "{}") else { preconditionFailure("{} is JSON") }
        return document
    }
}

private func text(_ section: [String: Int?]) -> String {
    "{" + section.map { "\"\($0)\":\($1.map(String.init) ?? "null")" }.joined(separator: ",") + "}"
}

private func text(_ section: [String: Int]) -> String { text(section.mapValues(Optional.some)) }

/// SplitMix64: the same numbers on every run.
private struct Numbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    mutating func section() -> [String: Int] {
        var section: [String: Int] = [:]
        for _ in 0..<below(4) { section["k\(below(6))"] = below(100) }
        return section
    }

    /// As above, with removals.
    mutating func patch() -> [String: Int?] {
        var patch: [String: Int?] = [:]
        for (key, value) in section() { patch.updateValue(below(3) == 0 ? nil : value, forKey: key) }
        return patch
    }
}

/// A folder that goes with the test.
private final class Folder {
    let path: String

    init() {
        var template = Array("/tmp/hub-tests-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit {
        for name in names { unlink(path + "/" + name) }
        rmdir(path)
    }

    private var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// As a crash at this moment would leave it.
    func copied() -> Folder {
        while true {
            let copy = Folder()
            let before = names
            for name in before where name != "lock" { copy.write(bytes(name), to: name) }
            // Snapshots and compaction go on beside this, and no crash leaves two moments at once.
            if names == before { return copy }
        }
    }

    /// Leaves half of a line behind the last whole one.
    func tear() {
        guard let last = names.last(where: { $0.hasPrefix("segment-") && !$0.hasSuffix(".gz") }) else { return }
        var content = bytes(last)
        let end = content.firstIndex(of: 0) ?? content.count
        let line = Array(#"{"seq":999999999,"batch":1,"time":"2027-01-0"#.utf8)
        content.replaceSubrange(end..<min(end + line.count, content.count), with: line)
        write(content, to: last)
    }

    private func bytes(_ name: String) -> [UInt8] {
        let descriptor = open(path + "/" + name, O_RDONLY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(count, 0)))
    }

    private func write(_ bytes: [UInt8], to name: String) {
        let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }
}
