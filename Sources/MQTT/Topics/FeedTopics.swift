import Vocabulary

/// What the levels of one feed's topics are.
struct FeedTopics {
    enum Level {
        case literal(StaticString)
        case device, module
        /// The name of a method or of an input.
        case name
        /// Differs from message to message.
        case any
    }

    enum Match: Hashable {
        case none, every
        case one(String)
    }

    let levels: [Level]

    static let all: [(Feeds, FeedTopics)] = [
        (.commands, FeedTopics(.literal("devices"), .device, .literal("messages"), .literal("devicebound"), .any)),
        (
            .commands,
            FeedTopics(
                .literal("devices"), .device, .literal("modules"), .module, .literal("messages"),
                .literal("devicebound"), .any)
        ),
        (
            .inputs,
            FeedTopics(
                .literal("devices"), .device, .literal("modules"), .module, .literal("inputs"), .name, .any)
        ),
        (.methods, FeedTopics(.literal("$iothub"), .literal("methods"), .literal("POST"), .name, .any)),
        (.twinResponses, FeedTopics(.literal("$iothub"), .literal("twin"), .literal("res"), .any, .any)),
        (
            .desiredPatches,
            FeedTopics(
                .literal("$iothub"), .literal("twin"), .literal("PATCH"), .literal("properties"), .literal("desired"),
                .any)
        ),
    ]

    init(_ levels: Level...) { self.levels = levels }

    /// The topics that carry a device's id are those of a device or those of a module.
    func isOpen(to identity: TwinID) -> Bool {
        guard levels.count > 2, case .device = levels[1] else { return true }
        if case .module = levels[3] { return identity.isModule }
        return !identity.isModule
    }

    /// How many of the topics the filter matches.
    func match(_ filter: [Slice<UnsafeRawBufferPointer>], of identity: TwinID) -> Match {
        var named: String?
        for (index, level) in levels.enumerated() {
            guard index < filter.count else { return .none }
            let text = filter[index]
            if isExactly(text, level, of: identity) { continue }
            if text.elementsEqual("+".utf8) || text.elementsEqual("#".utf8) {
                // A wildcard in front leaves out what begins with `$` [MQTT-4.7.2-1].
                if index == 0, case .literal(let literal) = level, literal.utf8Start[0] == UInt8(ascii: "$") {
                    return .none
                }
                if text.first == UInt8(ascii: "+") { continue }
                // `#` stands at the end or it is no filter [MQTT-4.7.1-2].
                guard index == filter.count - 1 else { return .none }
                return named.map { .one($0) } ?? .every
            }
            guard case .name = level, !text.isEmpty, !text.contains(where: Self.isWildcard) else { return .none }
            named = String(decoding: text, as: UTF8.self)
        }
        // `#` matches the level above it too [MQTT-4.7.1-2].
        let rest = filter[levels.count...]
        guard rest.isEmpty || rest.count == 1 && rest.first!.elementsEqual("#".utf8) else { return .none }
        return named.map { .one($0) } ?? .every
    }

    private func isExactly(_ text: Slice<UnsafeRawBufferPointer>, _ level: Level, of identity: TwinID) -> Bool {
        switch level {
        case .literal(let literal):
            text.elementsEqual(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
        case .device: text.elementsEqual(identity.device.utf8)
        case .module: identity.module.map { text.elementsEqual($0.utf8) } ?? false
        case .name, .any: false
        }
    }

    private static func isWildcard(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") }
}
