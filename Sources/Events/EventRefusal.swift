import Vocabulary

/// Why the store does not take events.
public enum EventRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// More wait than may; worth trying again.
    case overloaded(waiting: Int)
    /// They could not be written (a full disk, most often), and left no trace.
    case unwritable(reason: String)
    /// The store has been closed.
    case closed

    public var description: String {
        switch self {
        case .overloaded(let waiting): "\(waiting) events wait to be written, as many as may."
        case .unwritable(let reason): "The event store refuses writes: \(reason)"
        case .closed: "The hub is shutting down."
        }
    }

    /// As a device is told it.
    public var error: HubError {
        switch self {
        case .overloaded: HubError(.serverBusy, description)
        case .unwritable, .closed: HubError(.serviceUnavailable, description)
        }
    }
}
