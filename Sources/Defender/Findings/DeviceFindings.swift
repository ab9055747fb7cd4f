import Vocabulary

/// What is found about one device, kept up as evidence of it comes.
///
/// Its memory is bounded: one finding a type, opened or closed last, and histories whose limits each have a name.
public struct DeviceFindings: Sendable {
    /// One for each type that was ever found, by the type's name.
    private(set) var byType: [String: Finding] = [:]
    private var recommendations = RecommendationRules()
    private var logins = LoginRules()
    private var users = LocalUserRules()
    private var presence = PresenceRules()
    private var custom = CustomRules()

    public init() {}

    /// Open and closed findings, ordered by the types' names.
    public var findings: [Finding] { byType.values.sorted { $0.type.name < $1.type.name } }

    /// The device belongs to this security group from now on, or the group has other rules now.
    public mutating func follow(_ group: SecurityGroup, at now: Timestamp) -> [FindingChange] {
        let now = presence.advance(to: now)
        return settle(custom.follow(group, at: now), at: now)
    }

    /// Takes one observation in. Times never run backwards here: an earlier one is taken for the latest seen.
    ///
    /// - Parameter times: how often the same was observed.
    public mutating func observe(_ evidence: Evidence, times: Int = 1, at time: Timestamp) -> [FindingChange] {
        let now = presence.advance(to: time)
        var judged = presence.observe(evidence)
        switch evidence {
        case .securityEvent(let event, let text):
            let observed = ObservedEvent(event, text)
            let reference = EvidenceReference(event.name ?? "event", eventID: event.id)
            judged += recommendations.observe(observed, reference, at: now)
            judged += logins.observe(observed, reference, at: now)
            judged += users.observe(observed, reference)
            judged += CommandRules.observe(observed, reference)
            judged += custom.observe(observed, reference, at: now)
        case .clock: judged += recommendations.tick(at: now) + custom.tick(at: now)
        default:
            judged += HubRules.observe(evidence)
            if let rule = CustomAlertRule(counting: evidence) {
                // Whatever else it shows, it shows each time; a count is judged once.
                return settle(judged, times, at: now) + settle(custom.count(rule, times, at: now), at: now)
            }
        }
        var changes = settle(judged, times, at: now)
        if case .clock = evidence { changes += closeOldAlerts(at: now) }
        return changes
    }

    /// The device, or what of it the findings were about, is no more.
    public mutating func closeAll(at time: Timestamp) -> [FindingChange] {
        let now = presence.advance(to: time)
        return byType.keys.sorted().compactMap { close($0, at: now) }
    }

    /// One change a type, however often an event holds the same.
    private mutating func settle(_ judged: [Judgement], _ times: Int = 1, at now: Timestamp) -> [FindingChange] {
        var changes: [FindingChange] = []
        var places: [String: Int] = [:]
        for judgement in judged {
            switch judgement {
            case .holds(let type, let text, let evidence):
                let change = hold(type, text, evidence, times, at: now)
                if let place = places[type.name], changes[place].finding.isOpen {
                    // What was opened by this observation is still news as a whole.
                    if case .opened = changes[place] {
                        changes[place] = .opened(change.finding)
                    } else {
                        changes[place] = change
                    }
                } else {
                    places[type.name] = changes.count
                    changes.append(change)
                }
            case .clears(let type):
                if let change = close(type.name, at: now) { changes.append(change) }
            }
        }
        return changes
    }

    private mutating func hold(
        _ type: FindingType, _ text: String, _ evidence: EvidenceReference, _ times: Int, at now: Timestamp
    ) -> FindingChange {
        guard var finding = byType[type.name], finding.isOpen else {
            let finding = Finding(
                type: type, text: text, evidence: evidence, count: times, opened: now, updated: now, closed: nil)
            byType[type.name] = finding
            return .opened(finding)
        }
        finding.text = text
        finding.evidence = evidence
        finding.count += times
        finding.updated = now
        byType[type.name] = finding
        return .updated(finding)
    }

    private mutating func closeOldAlerts(at now: Timestamp) -> [FindingChange] {
        let old = byType.values.filter { finding in
            finding.isOpen && !finding.type.endsWithItsCondition
                && finding.updated.adding(seconds: Finding.alertSeconds) <= now
        }
        return old.map(\.type.name).sorted().compactMap { close($0, at: now) }
    }

    private mutating func close(_ name: String, at now: Timestamp) -> FindingChange? {
        guard var finding = byType[name], finding.isOpen else { return nil }
        finding.closed = now
        byType[name] = finding
        return .closed(finding)
    }
}
