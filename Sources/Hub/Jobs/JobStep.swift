import Vocabulary

/// What a job needs next. Whoever runs jobs asks for it, does it by an ordinary command, and asks again.
public enum JobStep: Sendable {
    /// Nothing before this time, unless a device answers.
    case wait(until: Timestamp)
    /// The devices that meet its condition are to be found.
    case choose
    case updateTwins([TwinID])
    case call([TwinID])
    /// It has run longer than it may.
    case expire
    case none
}

extension ScheduledJob {
    /// Until when it may run; nil while it does not.
    var deadline: Timestamp? {
        if case .running(let since) = phase { since.adding(seconds: Double(seconds)) } else { nil }
    }

    public func nextStep(at now: Timestamp, _ limits: HubLimits) -> JobStep {
        guard let deadline else {
            if status.isFinal { return .none }
            return now < start ? .wait(until: start) : .choose
        }
        guard now < deadline else { return .expire }
        switch work {
        case .updateTwin:
            return .updateTwins(devices.pending(limits.twinsPerJobStep))
        case .callMethod:
            let called = devices.pending(limits.callsPerJob - devices.count(.running))
            return called.isEmpty ? .wait(until: deadline) : .call(called)
        }
    }
}
