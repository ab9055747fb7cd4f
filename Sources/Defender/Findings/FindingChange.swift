/// What an observation did to a device's findings.
public enum FindingChange: Hashable, Sendable {
    case opened(Finding)
    case updated(Finding)
    case closed(Finding)

    /// The finding as it is after the change.
    public var finding: Finding {
        switch self {
        case .opened(let finding), .updated(let finding), .closed(let finding): finding
        }
    }

    public var name: String {
        switch self {
        case .opened: "opened"
        case .updated: "updated"
        case .closed: "closed"
        }
    }
}
