import Twins
import Vocabulary

/// What has happened. Events are the only thing that changes the hub's state, and whatever was random or read from a
/// clock when they were decided stands in them, so that replaying them gives the same state.
public enum Event: Sendable {
    /// A device or module came to be, with a twin that begins empty or with this.
    case identityCreated(Identity, seed: TwinSeed?)
    /// The identity as it now stands; its twin shows the change.
    case identityUpdated(Identity)
    /// A device's modules are gone with it, each by its own event before the device's.
    case identityDeleted(TwinID, generation: UInt64)
    case twinPatched(TwinID, ServicePatch, TwinEffect)
    case twinReplaced(TwinID, ServiceReplacement, TwinEffect)
    case twinReported(TwinID, ReportedPatch, TwinEffect)
    /// These identities were added and are remembered as the seed.
    case seeded([SeededIdentity], isComplete: Bool)
    /// Everything is gone, or as after the seed: identities and counters as on a new folder, created at the event's time.
    /// Identity ETags count from `etagBase`.
    case reset(ResetTarget, etagBase: UInt64)

    case linkOpened(TwinID, LinkOpening, link: UInt64)
    case linkClosed(TwinID, link: UInt64)
    case sessionUpdated(TwinID, DeviceSession)

    case messageEnqueued(TwinID, CloudMessage)
    case messageSettled(TwinID, sequence: UInt64, MessageFate)
    case messageAbandoned(TwinID, sequence: UInt64)
    /// These records were read by a back end.
    case feedbackCompleted([UInt64])
}

/// What a twin event led to. Derived from the state and the event's own cause, and kept with it so that the log and the
/// change feed can be read without the state before.
public struct TwinEffect: Sendable {
    /// The twin's `version` afterwards.
    public var version: UInt64
    /// The changed paths' values before and after; a path that was absent is missing there.
    public var before: [UInt8]
    public var after: [UInt8]

    public init(version: UInt64, before: [UInt8], after: [UInt8]) {
        self.version = version
        self.before = before
        self.after = after
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

/// An event with its place in the log.
public struct RecordedEvent: Sendable {
    public let sequence: UInt64
    public let time: Timestamp
    public let event: Event
    public let origin: Origin?

    public init(sequence: UInt64, time: Timestamp, event: Event, origin: Origin?) {
        self.sequence = sequence
        self.time = time
        self.event = event
        self.origin = origin
    }
}
