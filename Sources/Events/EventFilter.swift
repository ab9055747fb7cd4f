import Glibc
import JSON

/// Which events a reader wants to see.
public struct EventFilter: Sendable {
    private let source: EventSource?
    /// What the object of a wanted event begins with.
    private let beginning: [UInt8]
    /// What stands in a wanted event's system properties.
    private let mark: [UInt8]

    /// - Parameter interfaceID: of messages that carry this `iothub-interface-id`.
    public init(source: EventSource? = nil, deviceID: String? = nil, interfaceID: String? = nil) {
        self.source = source
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
        return mark.isEmpty || hasMark(event.object)
    }

    /// How far into an event its system properties can reach: a sender has a topic of 64 KiB for all of them.
    private static let propertyBytes = 64 << 10

    /// Every event passes here, so that it goes from quote to quote and no slower.
    private func hasMark(_ object: [UInt8]) -> Bool {
        object.withUnsafeBytes { object in
            mark.withUnsafeBytes { mark in
                guard let start = object.baseAddress, let wanted = mark.baseAddress else { return false }
                var offset = 0
                let end = min(object.count, Self.propertyBytes) - mark.count
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
