import Dispatch
import Synchronization
import Vocabulary

/// Carries changed configurations to the twins: looks through everything for those that may be concerned, beside the writer, and
/// hands them to it in slices, one at a time, so that other commands have their turn between two of them.
///
/// Nothing has to be remembered of it. The hub's state says which revision all twins follow, so that whoever finds that it is not
/// the latest, after a crash for instance, begins again; what is done already is done.
///
/// Not checked: `slices`, `revision`, `subscriber` and `writer` belong to `queue`; the rest is constant or locked.
final class Rollout: HubSubscriber, @unchecked Sendable {
    private let queue = DispatchQueue(label: "twinhub.rollout", qos: .utility)
    private var slices: ArraySlice<[TwinID]> = []
    private var revision: UInt64 = 0
    private var writer: Writer?
    private var subscriber: SubscriberID?

    private let isBusy = Mutex(false)
    private let subscribers: SubscriberTable
    private let limits: HubLimits
    private let environment: Environment

    init(_ subscribers: SubscriberTable, limits: HubLimits, environment: Environment) {
        self.subscribers = subscribers
        self.limits = limits
        self.environment = environment
    }

    /// Does nothing where it is at it already: the end of that will show that there is more to do. On the writer's queue.
    func begin(on writer: Writer, _ configurations: ConfigurationRegistry, capture: () -> HubMoment) {
        let mayBegin = isBusy.withLock { busy in
            defer { busy = true }
            return !busy
        }
        guard mayBegin else { return }
        let moment = capture()
        queue.async { [self] in
            self.writer = writer
            revision = configurations.revision
            let ids = Self.concerned(by: configurations, in: moment)
            let size = Self.slice(of: configurations, limits)
            let all = stride(from: 0, to: ids.count, by: size).map { Array(ids[$0..<min($0 + size, ids.count)]) }
            slices = all.isEmpty ? [[]] : all[...]
            subscriber = subscribers.add(self)
            submit()
        }
    }

    /// Those that show a configuration that is deleted, and those that a changed one targets or has targeted.
    private static func concerned(by configurations: ConfigurationRegistry, in moment: HubMoment) -> [TwinID] {
        let changed = configurations.changed
        let numbers = Set((changed + configurations.retired).map(\.number))
        var ids: [TwinID] = []
        moment.forEach { occupant, document in
            if changed.contains(where: { $0.targets(occupant, document) })
                || occupant.configurations.contains(where: { numbers.contains($0.number) })
            {
                ids.append(occupant.id)
            }
        }
        return ids.sorted()
    }

    /// How many twins one command brings into line: fewer where much is written into each.
    static func slice(of configurations: ConfigurationRegistry, _ limits: HubLimits) -> Int {
        let bytes = (configurations.changed + configurations.retired).reduce(0) { $0 + $1.content.json.count }
        return min(limits.twinsPerSettling, max(limits.bytesPerSettling / max(bytes, 1), 1))
    }

    private func submit() {
        guard let slice = slices.popFirst(), let writer, let subscriber else { return }
        let command = Command.settleConfigurations(slice, through: slices.isEmpty ? revision : nil)
        let origin = Origin(principal: "hub", requestID: environment.requestID(), transport: "hub")
        writer.submit([Submission(subscriber: subscriber, token: 0, command: command, origin: origin)])
    }

    func deliver(_ delivery: Delivery) {
        guard let outcome = delivery.outcomes.first?.outcome else { return }
        queue.async {
            if case .refused = outcome { return self.end(isDone: false) }
            self.slices.isEmpty ? self.end(isDone: true) : self.submit()
        }
    }

    /// How long it waits where the hub refuses a slice, its disk full for instance.
    private static let retrySeconds = 1.0

    private func end(isDone: Bool) {
        if let subscriber = subscriber.take() { subscribers.remove(subscriber) }
        slices = []
        let writer = writer.take()
        isBusy.withLock { $0 = false }
        guard !isDone else {
            writer?.resume()
            return
        }
        queue.asyncAfter(deadline: .now() + Self.retrySeconds) { writer?.resume() }
    }
}
