import Access
import Events
import Hub
import Reactor
import Vocabulary

/// What the endpoints of one shard share: the hub, the shard's timers, its token verifier, and the commands under way.
/// Everything here is used on the shard's own queue.
public final class ShardServices {
    public let hub: Hub
    /// Where back ends read what devices send and what becomes of them.
    public let events: EventStore
    public let shard: Shard
    public let environment: Environment
    public let authorizer: Authorizer
    /// Shared by all shards.
    public let counts: LiveCounts
    /// Told what a person who looks for a fault may want to know, in a sentence without secrets.
    public let report: (String) -> Void
    /// Told what of its twin a device or module is handed; nil where nobody wants to know.
    public let deliveries: (any TwinDeliveries)?
    /// Told what is done with devices; nil where nobody wants to know.
    public let witness: (any OperationWitness)?
    /// Shared by all shards; nil where nothing is limited.
    public let throttle: Throttle?
    /// How the hub knows this shard.
    public let subscription: SubscriberID

    /// Those on this shard who are told what the hub delivers, besides the answers to commands.
    private var listeners: [(Delivery) -> Void] = []
    private var rooms: [ObjectIdentifier: AnyObject] = [:]
    /// How many on this shard watch an entity; the hub knows only that there are some.
    private var watched: [TwinID: Int] = [:]

    /// Request ids need to be unique, not secret: a generator of the shard's own saves a system call for each.
    private var identifiers: SplitMix64
    private var returns = Slab<(any Sendable) -> Void>()
    private var waiting = Slab<(Outcome) -> Void>()
    private var turn: [Submission] = []
    private var turnEvents: [DeviceEvent] = []
    private var turnDone: [(EventRefusal?) -> Void] = []

    public init(
        hub: Hub, events: EventStore, shard: Shard, environment: Environment, authorizer: Authorizer,
        counts: LiveCounts = LiveCounts(), deliveries: (any TwinDeliveries)? = nil,
        witness: (any OperationWitness)? = nil, throttle: Throttle? = nil,
        report: @escaping (String) -> Void = { _ in }
    ) {
        self.report = report
        self.counts = counts
        self.deliveries = deliveries
        self.witness = witness
        self.throttle = throttle
        self.hub = hub
        self.events = events
        self.shard = shard
        self.environment = environment
        self.authorizer = authorizer
        identifiers = SplitMix64(seed: environment.randomUInt64())
        let mailbox = ShardSubscriber(shard: shard)
        subscription = hub.subscribe(mailbox)
        shard.context = self
    }

    public func requestID() -> RequestID { RequestID(high: identifiers.next(), low: identifiers.next()) }

    /// An object that one kind of endpoint keeps on every shard; made when first asked for.
    public func room<Room: AnyObject>(_ type: Room.Type, make: (ShardServices) -> Room) -> Room {
        if let room = rooms[ObjectIdentifier(type)] as? Room { return room }
        let room = make(self)
        rooms[ObjectIdentifier(type)] = room
        return room
    }

    /// As above, where it has been made already.
    public func room<Room: AnyObject>(_ type: Room.Type) -> Room? { rooms[ObjectIdentifier(type)] as? Room }

    /// Adds one who is told of every delivery.
    public func listen(_ listener: @escaping (Delivery) -> Void) { listeners.append(listener) }

    // MARK: Watching

    /// The entity as it stands; from now on deliveries tell of its changes. Nil where it does not exist, and then nothing
    /// is watched. Whoever watched unwatches once.
    public func watch(_ id: TwinID) -> Entity? {
        if let watchers = watched[id] {
            guard let entity = hub.entity(id) else { return nil }
            watched[id] = watchers + 1
            return entity
        }
        guard let entity = hub.watch(id, subscription) else { return nil }
        watched[id] = 1
        return entity
    }

    public func unwatch(_ id: TwinID) {
        guard let watchers = watched[id] else { return }
        watched[id] = watchers > 1 ? watchers - 1 : nil
        if watchers == 1 { hub.unwatch(id, subscription) }
    }

    // MARK: Commands

    /// Hands a command to the hub with the rest of this turn's, under one lock.
    public func submit(_ command: Command, origin: Origin, then answer: @escaping (Outcome) -> Void) {
        let token = waiting.insert(answer)
        turn.append(Submission(subscriber: subscription, token: UInt64(token), command: command, origin: origin))
        if turn.count == 1 {
            shard.atEndOfTurn { [unowned self] in
                let submissions = turn
                turn = []
                hub.submit(submissions)
            }
        }
    }

    // MARK: Events

    /// Hands an event to the store with the rest of this turn's; called back when it is as durable as the store promises,
    /// or refused.
    public func store(_ event: DeviceEvent, then done: @escaping (EventRefusal?) -> Void) {
        turnEvents.append(event)
        turnDone.append(done)
        guard turnEvents.count == 1 else { return }
        shard.atEndOfTurn { [unowned self] in
            let (events, done) = (turnEvents, turnDone)
            turnEvents = []
            turnDone = []
            let answer = returning { (refusal: EventRefusal?) in
                for done in done { done(refusal) }
            }
            self.events.append(events, then: answer)
        }
    }

    /// For work that is done elsewhere and answers once: calls back on this shard with what that answered.
    public func returning<Value: Sendable>(_ body: @escaping (Value) -> Void) -> @Sendable (Value) -> Void {
        let token = returns.insert { value in
            if let value = value as? Value { body(value) }
        }
        let shard = shard
        return { value in shard.post { (shard.context as? ShardServices)?.returns.remove(token)?(value) } }
    }

    /// Commands that the hub has not answered yet.
    public var commandsUnderWay: Int { waiting.count }

    func take(_ delivery: Delivery) {
        for (token, outcome) in delivery.outcomes { waiting.remove(Int(token))?(outcome) }
        for listener in listeners { listener(delivery) }
    }
}

/// Carries what the hub delivers to a shard.
final class ShardSubscriber: HubSubscriber {
    private let shard: Shard

    init(shard: Shard) { self.shard = shard }

    func deliver(_ delivery: Delivery) {
        let shard = shard
        shard.post { (shard.context as? ShardServices)?.take(delivery) }
    }
}
