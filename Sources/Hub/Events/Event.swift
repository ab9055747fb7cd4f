import Twins
import Vocabulary

/// What has happened. Events are the only thing that changes the hub's state, and whatever was random or read from a
/// clock when they were decided stands in them, so that replaying them gives the same state.
///
/// Indirect: it goes from hand to hand, to the log, the feed and each follower, and a copy is one count then.
public indirect enum Event: Sendable {
    /// A device or module came to be, with a twin that begins empty or with this.
    case identityCreated(Identity, seed: TwinSeed?)
    /// The identity as it now stands; its twin shows the change.
    case identityUpdated(Identity)
    /// A device's modules are gone with it, each by its own event before the device's. `last` is the twin as it was, in the
    /// form in which back ends are told (`Twin.eventBody`).
    case identityDeleted(TwinID, generation: UInt64, last: [UInt8])
    case twinPatched(TwinID, ServicePatch, TwinEffect)
    case twinReplaced(TwinID, ServiceReplacement, TwinEffect)
    case twinReported(TwinID, ReportedPatch, TwinEffect)
    /// These identities were added and are remembered as the seed.
    case seeded([SeededIdentity], isComplete: Bool)
    /// Everything is gone, or as after the seed: identities and counters as on a new folder, created at the event's time.
    /// Identity ETags count from `etagBase`. No certificate authority and no security group is left, since a seed has none.
    case reset(ResetTarget, etagBase: UInt64)

    case linkOpened(TwinID, LinkOpening, link: UInt64)
    case linkClosed(TwinID, link: UInt64)
    case sessionUpdated(TwinID, DeviceSession)

    case messageEnqueued(TwinID, CloudMessage)
    case messageSettled(TwinID, sequence: UInt64, MessageFate)
    case messageAbandoned(TwinID, sequence: UInt64)
    /// These records were read by a back end.
    case feedbackCompleted([UInt64])

    case authority(AuthorityEvent)
    case defender(DefenderEvent)
    case configuration(ConfigurationEvent)
    case job(JobEvent)
    case registryJob(RegistryJobEvent)
    /// Where events for back ends go from now on; nil for where they go by default.
    case routingUpdated(RoutingDeclaration?)
}

/// What a twin event led to. Derived from the state and the event's own cause, and kept with it so that the log, the change
/// feed and what back ends are told can be made without the state before.
public struct TwinEffect: Sendable {
    /// The twin's `version` afterwards.
    public var version: UInt64
    /// The desired section's `$version` afterwards; nil where the desired properties were not written.
    public var desiredVersion: UInt64?
    /// The reported section's `$version` afterwards.
    public var reportedVersion: UInt64
    /// The whole twin afterwards, where a replacement left it (`Twin.eventBody`); nil for other changes.
    public var twin: [UInt8]?
    /// The changed paths' values before and after; a path that was absent is missing there.
    public var before: [UInt8]
    public var after: [UInt8]
    /// Keys of a security module that its agent sets back to their defaults on being told, although the twin does not
    /// (defender.md section 2.3); empty almost always.
    public var keysReset: [String]
    /// The configuration that has written this; nil for all else.
    public var configuration: ConfigurationStamp?

    init(
        _ change: TwinChange, twin: [UInt8]? = nil, keysReset: [String] = [],
        by configuration: ConfigurationStamp? = nil
    ) {
        self.init(
            version: change.twin.version,
            desiredVersion: change.desiredPatch == nil ? nil : change.twin.desiredVersion,
            reportedVersion: change.twin.reportedVersion, twin: twin, before: change.before, after: change.after,
            keysReset: keysReset, configuration: configuration)
    }

    public init(
        version: UInt64, desiredVersion: UInt64?, reportedVersion: UInt64, twin: [UInt8]? = nil, before: [UInt8],
        after: [UInt8], keysReset: [String] = [], configuration: ConfigurationStamp? = nil
    ) {
        self.version = version
        self.desiredVersion = desiredVersion
        self.reportedVersion = reportedVersion
        self.twin = twin
        self.before = before
        self.after = after
        self.keysReset = keysReset
        self.configuration = configuration
    }
}

/// An identity of the seed with its first twin.
public struct SeededIdentity: Sendable {
    public var identity: Identity
    public var seed: TwinSeed?

    public init(identity: Identity, seed: TwinSeed?) {
        self.identity = identity
        self.seed = seed
    }
}

/// An event with its place in the log. An object: the batch, the feed, and each who follows hold the same one.
public final class RecordedEvent: Sendable {
    public let sequence: UInt64
    public let time: Timestamp
    public let event: Event
    public let origin: Origin?
    /// Worked out once: the feed asks whenever the record comes, goes, and is read.
    public let footprint: Int

    public init(sequence: UInt64, time: Timestamp, event: Event, origin: Origin?) {
        footprint = Self.footprint(of: event)
        self.sequence = sequence
        self.time = time
        self.event = event
        self.origin = origin
    }
}
