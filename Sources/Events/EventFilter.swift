import JSON

/// Which events a reader wants to see.
public struct EventFilter: Sendable {
    private let source: EventSource?
    /// What the object of a wanted event begins with.
    private let beginning: [UInt8]

    public init(source: EventSource? = nil, deviceID: String? = nil) {
        self.source = source
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
        return event.object.starts(with: beginning)
    }
}
