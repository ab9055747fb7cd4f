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
        return mark.isEmpty || event.object.firstRange(of: mark) != nil
    }
}
