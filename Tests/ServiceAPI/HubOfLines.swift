import Hub
import Journal
import Testing
import Vocabulary

/// A hub in memory that was seeded with these lines.
final class HubOfLines {
    let hub: Hub

    init(_ lines: [String], environment: Environment = .system) throws {
        hub = try Hub(log: MemoryLog(), environment: environment)
        let items = try SeedLines(Array(lines.joined(separator: "\n").utf8)).items
        let origin = Origin(principal: "test", requestID: RequestID(high: 0, low: 0), transport: "test")
        guard case .done = hub.execute(.seed(items, isComplete: true), origin: origin) else { throw Unexpected() }
    }

    deinit { hub.close() }

    struct Unexpected: Error {}
}
