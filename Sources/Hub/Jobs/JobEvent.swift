import Vocabulary

/// What has happened to a scheduled job.
public enum JobEvent: Sendable {
    case scheduled(ScheduledJob)
    /// These devices, by id, met its condition.
    case began(JobID, [TwinID])
    /// These devices are being called. In the log before the call is made, so that none is made twice.
    case called(JobID, [TwinID])
    case devicesEnded(JobID, [(device: TwinID, result: DeviceJobResult)])
    /// What of its devices had not ended by then ended with it.
    case ended(JobID, JobStatus, reason: String?)
    case forgotten([JobID])
}
