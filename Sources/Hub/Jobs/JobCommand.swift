import Vocabulary

/// What is asked of the hub about scheduled jobs: the first two by back ends, the others by whoever runs the jobs.
public enum JobCommand: Sendable {
    case schedule(JobDraft)
    case cancel(JobID)

    /// The devices that meet its condition have been found.
    case begin(JobID, [TwinID])
    /// It cannot be begun.
    case fail(JobID, reason: String)
    /// Updates the twins of these devices, each of them once: the twin's change and the device's row are one record.
    case updateTwins(JobID, [TwinID])
    /// Claims these devices for calls that are made once this is durable.
    case call(JobID, [TwinID])
    /// These devices' turn came, and they cannot be had.
    case refuse(JobID, [TwinID], HubError)
    case answered(JobID, TwinID, DeviceJobResult)
    /// It has run longer than it may.
    case expire(JobID)
    /// Calls of the time before this process are given up.
    case abandonCalls
    /// Takes out what is older than jobs are kept.
    case forgetOld
}
