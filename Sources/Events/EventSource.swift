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

    /// As the event itself says it in `iothub-message-source`: a device's message calls itself telemetry (amqp.md
    /// section 5.4).
    public var messageSource: String { self == .deviceMessages ? "Telemetry" : rawValue }
}
