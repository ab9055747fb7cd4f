import Hub
import Vocabulary

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

    var entries: [String: Entry] = [:]
    var newestLink: UInt64 = 0

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
