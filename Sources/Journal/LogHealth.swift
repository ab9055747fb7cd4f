/// Whether a log takes writes.
public enum LogHealth: Hashable, Sendable {
    case writable
    /// The last append was refused for this reason; the next may succeed.
    case refusing(reason: String)
    /// No append will succeed before a restart.
    case broken(reason: String)

    /// Why it does not take writes; nil where it does.
    public var reason: String? {
        switch self {
        case .writable: nil
        case .refusing(let reason), .broken(let reason): reason
        }
    }
}
