import Vocabulary

/// A job over many devices (rest.md section 12): one work, done to every device that meets a condition.
public struct ScheduledJob: Sendable {
    public let id: JobID
    public let work: JobWork
    /// Behind WHERE, or `*`.
    public let condition: String
    public let created: Timestamp
    /// When it is to begin.
    public let start: Timestamp
    /// How long it may run.
    public let seconds: Int
    public internal(set) var phase: Phase = .waiting
    /// Those that met the condition when it began.
    public internal(set) var devices = DeviceJobTable()

    public enum Phase: Sendable {
        case waiting
        case running(since: Timestamp)
        case ended(JobStatus, began: Timestamp?, at: Timestamp, reason: String?)
    }

    init(_ draft: JobDraft, at now: Timestamp) {
        self.init(
            id: draft.id, work: draft.work, condition: draft.condition, created: now, start: draft.start ?? now,
            seconds: draft.seconds)
    }

    init(
        id: JobID, work: JobWork, condition: String, created: Timestamp, start: Timestamp, seconds: Int
    ) {
        self.id = id
        self.work = work
        self.condition = condition
        self.created = created
        self.start = start
        self.seconds = seconds
    }

    public var status: JobStatus {
        switch phase {
        case .waiting: start > created ? .scheduled : .queued
        case .running: .running
        case .ended(let status, _, _, _): status
        }
    }

    /// When it began; nil where it has not.
    public var began: Timestamp? {
        switch phase {
        case .waiting: nil
        case .running(let since): since
        case .ended(_, let began, _, _): began
        }
    }

    public var ended: Timestamp? {
        switch phase {
        case .waiting, .running: nil
        case .ended(_, _, let time, _): time
        }
    }

    /// Why it failed.
    public var failure: String? {
        switch phase {
        case .waiting, .running: nil
        case .ended(_, _, _, let reason): reason
        }
    }
}
