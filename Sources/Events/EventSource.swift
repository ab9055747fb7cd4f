/// Where an event for the back end comes from, by the names that routes and readers use (twins.md section 11).
public enum EventSource: String, Sendable, CaseIterable {
    case deviceMessages
    case twinChangeEvents
    case deviceLifecycleEvents
    case deviceConnectionStateEvents
    case digitalTwinChangeEvents
    case deviceJobLifecycleEvents

    /// The raw value as a literal, which the log writes without making a `String`.
    var name: StaticString {
        switch self {
        case .deviceMessages: "deviceMessages"
        case .twinChangeEvents: "twinChangeEvents"
        case .deviceLifecycleEvents: "deviceLifecycleEvents"
        case .deviceConnectionStateEvents: "deviceConnectionStateEvents"
        case .digitalTwinChangeEvents: "digitalTwinChangeEvents"
        case .deviceJobLifecycleEvents: "deviceJobLifecycleEvents"
        }
    }

    /// Whether there are such events. What those of digital twins look like is known by one example alone (twins.md section 11), and a
    /// reader of made-up ones would be worse off than one who is told that there are none.
    public var isEmitted: Bool { self != .digitalTwinChangeEvents }

    /// As the event itself says it in `iothub-message-source`: a device's message calls itself telemetry (amqp.md
    /// section 5.4).
    public var messageSource: String { self == .deviceMessages ? "Telemetry" : rawValue }
}
