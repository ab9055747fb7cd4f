import Synchronization
import Vocabulary

/// The limits of an edition of the real hub, for those who want to see their clients meet them (`--throttle`).
///
/// The real hub holds requests back for some seconds before it refuses them, as far as can be seen from outside; here they are
/// refused at once, so that what a test sees does not depend on time. What has been counted is forgotten when the process ends.
public final class Throttle: Sendable {
    public let tier: HubTier
    public let units: Int
    private let environment: Environment
    private let state: Mutex<State>

    private struct State {
        var buckets: [ThrottledOperation: ThrottleBucket]
        /// Of UTC, since 1970.
        var day: Int64
        var messages = 0
        var refusedMessages = 0
    }

    /// What has been counted so far.
    public struct Counts: Sendable {
        public let refused: [(operation: ThrottledOperation, count: Int)]
        /// Of this day.
        public let messages: Int
        public let refusedMessages: Int
    }

    public init(_ tier: HubTier, units: Int = 1, environment: Environment) {
        self.tier = tier
        self.units = units
        self.environment = environment
        let now = environment.uptimeMilliseconds()
        let buckets = ThrottledOperation.allCases.map {
            ($0, ThrottleBucket(ThrottleRate(of: $0, tier.size, units: units), at: now))
        }
        state = Mutex(State(buckets: Dictionary(uniqueKeysWithValues: buckets), day: Self.day(environment)))
    }

    private static let secondsPerDay: Int64 = 86_400
    private static func day(_ environment: Environment) -> Int64 { environment.now().unixSeconds / secondsPerDay }

    public var messagesPerDay: Int { tier.messagesPerDay * units }

    /// Counts an operation.
    ///
    /// - Parameter count: 1 but where one request does several.
    /// - Parameter bytes: of the message, for what is counted by size.
    /// - Throws: `IotHubQuotaExceeded` where the day's messages are used up, `ThrottlingBacklogTimeout` where the rate is.
    public func charge(_ operation: ThrottledOperation, count: Int = 1, bytes: Int = 0) throws(HubError) {
        let now = environment.uptimeMilliseconds()
        let parts = operation == .methods ? Self.parts(bytes, of: ThrottleRate.methodMeter) : count
        let messages = operation.isMessage ? Self.parts(bytes, of: tier.messageMeter) : 0
        let refusal = state.withLock { state -> HubError? in
            if let spent = overdraft(messages, &state) { return spent }
            guard state.buckets[operation]?.take(parts, at: now) == true else { return Self.throttled(operation) }
            state.messages += messages
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Counts a request that does several operations, and has been counted as one already, which is taken back where it is
    /// refused.
    public func charge(_ operation: ThrottledOperation, forAll count: Int) throws(HubError) {
        guard count > 1 else { return }
        do throws(HubError) {
            try charge(operation, count: count - 1)
        } catch {
            state.withLock { $0.buckets[operation]?.giveBack(1) }
            throw error
        }
    }

    /// Counts devices of a job, whose turn comes as the rate allows (rest.md section 18); those beyond wait for theirs.
    ///
    /// - Parameter bytes: of the message that each is sent, which is one of the day's.
    /// - Returns: how many of them it may be now, the first ones; none where all have to wait.
    /// - Throws: `IotHubQuotaExceeded` where the day's messages are used up for the first of them.
    public func admit(jobDevices count: Int, bytes: Int) throws(HubError) -> Int {
        let now = environment.uptimeMilliseconds()
        let messages = Self.parts(bytes, of: tier.messageMeter)
        let result = state.withLock { state -> Result<Int, HubError> in
            let admitted = state.buckets[.jobDevices]?.take(upTo: count, at: now) ?? count
            for device in 0..<admitted {
                if let spent = overdraft(messages, &state) {
                    state.buckets[.jobDevices]?.giveBack(admitted - device)
                    return device > 0 ? .success(device) : .failure(spent)
                }
                state.messages += messages
            }
            return .success(admitted)
        }
        return try result.get()
    }

    /// What is said of messages that the day has no room for.
    private func overdraft(_ messages: Int, _ state: inout State) -> HubError? {
        let today = Self.day(environment)
        if state.day != today {
            state.day = today
            state.messages = 0
        }
        guard messages > 0, state.messages + messages > messagesPerDay else { return nil }
        state.refusedMessages += 1
        return quotaExceeded(state.messages)
    }

    private static func parts(_ bytes: Int, of meter: Int) -> Int { max(1, (bytes + meter - 1) / meter) }

    private static func throttled(_ operation: ThrottledOperation) -> HubError {
        HubError(
            .throttlingBacklogTimeout,
            "The request has been throttled. Wait 10 seconds and try again. Operation type: \(operation.errorName)")
    }

    private func quotaExceeded(_ messages: Int) -> HubError {
        HubError(
            .iotHubQuotaExceeded,
            "The hub's messages of this day are used up. Max allowed message count: \(messagesPerDay), current message count: \(messages)."
        )
    }

    public var counts: Counts {
        state.withLock { state in
            Counts(
                refused: ThrottledOperation.allCases.map { ($0, state.buckets[$0]?.refused ?? 0) },
                messages: state.day == Self.day(environment) ? state.messages : 0,
                refusedMessages: state.refusedMessages)
        }
    }
}
