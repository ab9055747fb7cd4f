/// Where a job stands (rest.md section 12), and what it may become from there.
public enum JobStatus: String, Sendable, CaseIterable {
    /// Of no job: what a GET of an id that does not exist shows.
    case unknown
    /// An import or export that waits for its turn.
    case enqueued
    /// To be begun at once, or once its time has come.
    case queued, scheduled
    case running
    case completed, failed, cancelled

    /// The table of transitions.
    public var successors: [JobStatus] {
        switch self {
        case .enqueued, .queued, .scheduled: [.running, .failed, .cancelled]
        case .running: [.completed, .failed, .cancelled]
        case .unknown, .completed, .failed, .cancelled: []
        }
    }

    public var isFinal: Bool { successors.isEmpty }

    /// Compares without case, since .NET writes PascalCase into queries (rest.md section 12).
    public init?(caseInsensitive text: String) {
        guard let status = Self.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
            return nil
        }
        self = status
    }
}
