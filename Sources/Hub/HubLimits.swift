/// The hub's own bounds, each of which has a name and a documented default.
public struct HubLimits: Sendable {
    /// Module identities on one device, the system's own included (twins.md section 9).
    public var modulesPerDevice = 50
    /// Identities in one hub (rest.md section 18).
    public var identities = 1_000_000
    /// Certificate authorities that one hub may know (rest.md section 18).
    public var certificateAuthorities = 25
    /// Items of one bulk request (rest.md section 6).
    public var bulkItems = 100
    /// Identities of one request for new keys: `az` sends a thousand at a time.
    public var keysPerRegeneration = 1_000
    /// Devices that one command secures.
    public var devicesPerSecuring = 1_000
    /// Security modules that are made with new settings; where more are missing the devices are secured before.
    public var modulesSecuredAtOnce = 10_000
    /// Devices whose agents one command configures.
    public var devicesPerConfiguration = 10_000
    /// Device security groups of one hub, the built-in one not counted before it is written.
    public var securityGroups = 100
    /// Configurations of one hub, a paid one's (rest.md section 11.2).
    public var configurations = 100
    /// Twins that one command brings into line with the configurations; other commands have their turn in between. About as much
    /// work as the writer does between two syncs when a thousand clients write.
    public var twinsPerSettling = 1_024
    /// Bytes of the contents that one such command carries out, twin by twin.
    public var bytesPerSettling = 2 << 20
    /// Desired patches kept for each twin (`--keep-patches`).
    public var patchesPerTwin = 256
    /// Changes kept in memory for readers of the change feed; older ones are read from the log.
    public var changesInMemory = 10_000
    /// Commands that may wait for the writer; beyond it a command is answered 503 `ServerBusy` at once.
    public var waitingCommands = 100_000
    /// Commands that one batch (one sync) takes in.
    public var commandsPerBatch = 4_096
    /// Encoded bytes after which a batch takes in no further command.
    public var bytesPerBatch = 8 << 20

    /// Scheduled jobs that have not ended (`--active-jobs`); 1, 5 or 10 by the real hub's tier (rest.md section 18).
    public var activeJobs = 10
    /// Scheduled jobs that are known, those that have ended included.
    public var jobs = 10_000
    /// Devices of all of them together.
    public var jobDevices = 2_000_000
    /// Bytes of what devices answered to them.
    public var jobPayloadBytes = 256 << 20
    /// Bytes of the ids of one job's devices.
    public var jobBeginBytes = 32 << 20
    /// How long a job is known after its end, in seconds: 30 days (rest.md section 12).
    public var jobRetentionSeconds = 30 * 86_400.0
    /// Twins that one command of a job updates, all in one record.
    public var twinsPerJobStep = 64
    /// Devices that one job calls at a time.
    public var callsPerJob = 100

    /// Imports and exports that are known, those that have ended included.
    public var registryJobs = 100
    /// Errors that an import's log tells; it counts those beyond.
    public var importErrors = 10_000

    /// Cloud-to-device messages that may wait for one device (mqtt.md section 5.5, as what follows).
    public var messagesPerDevice = 50
    /// Bytes of one, properties included.
    public var messageBytes = 64 << 10
    /// How long one waits where its sender does not say, in seconds.
    public var messageLifetimeSeconds = 3600
    /// The longest that a sender may ask for.
    public var longestMessageLifetimeSeconds = 2 * 24 * 3600
    /// How long a receiver holds a message, in seconds.
    public var messageLockSeconds = 60
    /// Deliveries after which a message that is abandoned again is given up.
    public var messageDeliveries = 10
    /// Feedback records that wait for a back end; the oldest make room.
    public var feedbackRecords = 10_000
    /// How long a record waits, in seconds.
    public var feedbackLifetimeSeconds = 3600
    /// Records of one batch.
    public var feedbackBatch = 64

    public init() {}
}
