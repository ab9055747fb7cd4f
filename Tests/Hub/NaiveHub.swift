import JSON
import Twins
import Vocabulary

@testable import Hub

/// What a hub holds, as plainly as it can be said: dictionaries and counters, and the rules that change them once more.
struct NaiveHub: Equatable {
    struct Twin: Equatable {
        var version = 2
        var updates = 1
        var desiredVersion = 1
        var reportedVersion = 1
        var tags: [String: Int] = [:]
        var desired: [String: Int] = [:]
        var reported: [String: Int] = [:]
    }

    struct Message: Equatable {
        var sequence: UInt64
        var text: String
        var deliveries = 0
    }

    struct Entry: Equatable {
        var etag: UInt64 = 0
        var isEnabled = true
        var twin = Twin()
        var messages: [Message] = []
        var nextMessage: UInt64 = 1
        /// Nil without a session.
        var filters: [String]?
        var link: UInt64 = 0
    }

    /// A line of a seed.
    struct Seeded: Equatable {
        var key: String
        var isEnabled: Bool
        var twin: Twin
    }

    var entries: [String: Entry] = [:]
    var newestLink: UInt64 = 0
    var seeded: [Seeded] = []

    func modules(of device: String) -> [String] { entries.keys.filter { $0.hasPrefix(device + "/") } }

    /// A patch of one level; nil removes. Answers whether it changed anything that counts (twins.md section 4).
    static func merge(_ patch: [String: Int?], into section: inout [String: Int]) -> Bool {
        var asks = false
        for (key, value) in patch {
            if let value {
                section[key] = value
                asks = true
            } else if section.removeValue(forKey: key) != nil {
                asks = true
            }
        }
        return asks
    }

    mutating func patch(_ id: String, tags: [String: Int?], desired: [String: Int?]) {
        guard var entry = entries[id] else { return }
        let changesTags = Self.merge(tags, into: &entry.twin.tags)
        let changesDesired = Self.merge(desired, into: &entry.twin.desired)
        guard changesTags || changesDesired else { return }
        entry.twin.version += 1
        entry.twin.updates += 1
        if changesDesired { entry.twin.desiredVersion += 1 }
        entries[id] = entry
    }

    mutating func replace(_ id: String, tags: [String: Int], desired: [String: Int]) {
        entries[id]?.twin.tags = tags
        entries[id]?.twin.desired = desired
        entries[id]?.twin.version += 1
        entries[id]?.twin.updates += 1
        entries[id]?.twin.desiredVersion += 1
    }

    mutating func report(_ id: String, _ patch: [String: Int?]) {
        guard var entry = entries[id] else { return }
        _ = Self.merge(patch, into: &entry.twin.reported)
        entry.twin.version += 1
        entry.twin.reportedVersion += 1
        entries[id] = entry
    }

    mutating func delete(_ id: String) {
        for module in modules(of: id) { entries[module] = nil }
        entries[id] = nil
    }

    /// All lines or none; answers the number of what speaks against them.
    mutating func seed(_ lines: [Seeded]) -> Int? {
        var after = self
        for line in lines {
            let isModule = line.key.contains("/")
            if after.entries[line.key] != nil { return isModule ? 409301 : 409001 }
            if isModule, after.entries[Self.device(of: line.key)] == nil { return 404001 }
            after.entries[line.key] = Entry(isEnabled: isModule || line.isEnabled, twin: line.twin)
        }
        after.seeded += lines
        self = after
        return nil
    }

    /// Where a line came again, its device had been deleted with everything on it.
    mutating func reset(toSeed: Bool) {
        entries = [:]
        guard toSeed else { return }
        for line in seeded {
            delete(line.key)
            let isModule = line.key.contains("/")
            if isModule, entries[Self.device(of: line.key)] == nil { continue }
            entries[line.key] = Entry(isEnabled: isModule || line.isEnabled, twin: line.twin)
        }
    }

    static func device(of key: String) -> String { String(key.prefix { $0 != "/" }) }

    /// As after a start: nobody is connected.
    mutating func restart() {
        for id in entries.keys { entries[id]?.link = 0 }
    }
}

extension NaiveHub.Entry {
    /// What the hub says.
    init(_ entity: Entity) throws {
        etag = entity.identity.etagCounter
        isEnabled = entity.identity.status == .enabled
        twin = try NaiveHub.Twin(entity)
        messages = entity.messages.messages.map {
            NaiveHub.Message(
                sequence: $0.sequence, text: String(decoding: $0.content.body, as: UTF8.self),
                deliveries: $0.deliveryCount)
        }
        filters = entity.session?.subscriptions.map(\.filter)
        link = entity.link
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

extension NaiveHub.Seeded {
    /// As a seed file has it.
    var text: String {
        let names = key.split(separator: "/")
        let module = names.count > 1 ? #","moduleId":"\#(names[1])""# : ""
        return
            #"{"id":"\#(names[0])"\#(module),"status":"\#(isEnabled ? "enabled" : "disabled")","tags":\#(json(twin.tags)),"#
            + #""properties":{"desired":\#(json(twin.desired)),"reported":\#(json(twin.reported))}}"#
    }
}
