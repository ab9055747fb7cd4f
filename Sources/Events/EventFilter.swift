import Glibc
import JSON

/// Which events a reader wants to see.
public struct EventFilter: Sendable {
    private let source: EventSource?
    /// What the object of a wanted event begins with.
    private let beginning: [UInt8]
    /// Nil for every endpoint.
    private let endpoint: String?
    /// What stands somewhere in every event for that endpoint.
    private let endpointMark: [UInt8]
    /// What stands in a wanted event's system properties.
    private let mark: [UInt8]

    /// - Parameters:
    ///   - interfaceID: of messages that carry this `iothub-interface-id`.
    ///   - endpoint: only what routes have sent there. Without routes everything goes to the built-in one.
    public init(
        source: EventSource? = nil, deviceID: String? = nil, interfaceID: String? = nil, endpoint: String? = nil
    ) {
        self.source = source
        self.endpoint = endpoint
        endpointMark = endpoint.map { Array("\"\($0)\"".utf8) } ?? []
        mark = interfaceID.map { Array("\"iothub-interface-id\":\"\($0)\"".utf8) } ?? []
        guard let deviceID else {
            beginning = []
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.key("deviceId")
        json.value(deviceID)
        beginning = json.bytes
    }

    public func wants(_ event: StoredEvent) -> Bool {
        if let source, source != event.source { return false }
        guard event.object.starts(with: beginning) else { return false }
        guard mark.isEmpty || Self.has(mark, event.object, before: Self.properties) else { return false }
        return endpoint.map { isFor($0, event) } ?? true
    }

    private func isFor(_ endpoint: String, _ event: StoredEvent) -> Bool {
        // Most of what passes is for others, and need not be taken apart for that.
        guard endpoint == EventRouting.builtIn || Self.has(endpointMark, event.object) else { return false }
        guard let endpoints = StoredMessage(event)?.endpoints else { return endpoint == EventRouting.builtIn }
        return endpoints.contains(endpoint)
    }

    /// What stands behind the system properties. These hold texts alone, whose quotes are escaped, so that neither this nor a mark
    /// is found in the midst of one; what comes behind them is the sender's, and a body that is JSON holds whatever it likes.
    private static let properties = Array("\"properties\":{".utf8)

    /// Whether the mark stands in the object, before that end where one is given. Every event passes here, so that it goes from
    /// quote to quote and no slower.
    private static func has(_ mark: [UInt8], _ object: [UInt8], before end: [UInt8]? = nil) -> Bool {
        object.withUnsafeBytes { object in
            guard let start = object.baseAddress else { return false }
            func stands(_ text: [UInt8], at offset: Int) -> Bool {
                offset + text.count <= object.count && memcmp(start + offset, text, text.count) == 0
            }
            var offset = 0
            while let quote = memchr(start + offset, Int32(UInt8(ascii: "\"")), object.count - offset) {
                offset = UnsafeRawPointer(quote) - start
                if stands(mark, at: offset) { return true }
                if let end, stands(end, at: offset) { return false }
                offset += 1
            }
            return false
        }
    }
}
