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
        guard mark.isEmpty || Self.has(mark, event.object, within: Self.propertyBytes) else { return false }
        return endpoint.map { isFor($0, event) } ?? true
    }

    private func isFor(_ endpoint: String, _ event: StoredEvent) -> Bool {
        // Most of what passes is for others, and need not be taken apart for that.
        guard endpoint == EventRouting.builtIn || Self.has(endpointMark, event.object, within: event.object.count)
        else { return false }
        guard let endpoints = StoredMessage(event)?.endpoints else { return endpoint == EventRouting.builtIn }
        return endpoints.contains(endpoint)
    }

    /// How far into an event its system properties can reach: a sender has a topic of 64 KiB for all of them.
    private static let propertyBytes = 64 << 10

    /// Every event passes here, so that it goes from quote to quote and no slower.
    private static func has(_ mark: [UInt8], _ object: [UInt8], within bytes: Int) -> Bool {
        object.withUnsafeBytes { object in
            mark.withUnsafeBytes { mark in
                guard let start = object.baseAddress, let wanted = mark.baseAddress else { return false }
                var offset = 0
                let end = min(object.count, bytes) - mark.count
                while offset <= end {
                    guard let quote = memchr(start + offset, Int32(UInt8(ascii: "\"")), end - offset + 1) else {
                        return false
                    }
                    if memcmp(quote, wanted, mark.count) == 0 { return true }
                    offset = UnsafeRawPointer(quote) - start + 1
                }
                return false
            }
        }
    }
}
