/// How a message left the queue.
public enum MessageFate: String, Sendable {
    case completed, rejected, expired, deliveryCountExceeded, purged

    /// The feedback record's `statusCode`.
    public var statusCode: String {
        switch self {
        case .completed: "Success"
        case .rejected: "Rejected"
        case .expired: "Expired"
        case .deliveryCountExceeded: "DeliveryCountExceeded"
        case .purged: "Purged"
        }
    }
}
