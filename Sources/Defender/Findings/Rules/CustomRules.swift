import Vocabulary

/// Custom alerts of the device's security group (defender.md section 6.6).
struct CustomRules: Sendable {
    private var windows: [CustomAlertRule: Counted] = [:]
    private var lists: [CustomAlertRule: SecurityGroup.AllowlistRule] = [:]

    private struct Counted {
        let rule: SecurityGroup.TimeWindowRule
        var window: CountedWindow
        /// The count that was last told to be out of range; nil while it is in range.
        var told: Int?
    }

    /// Rules that are the same go on counting; alerts of rules that are no more are closed.
    mutating func follow(_ group: SecurityGroup, at now: Timestamp) -> [Judgement] {
        var judged: [Judgement] = []
        for rule in group.timeWindowRules where windows[rule.rule]?.rule != rule {
            if windows[rule.rule] != nil { judged.append(.clears(rule.rule.findingType)) }
            let window = CountedWindow(seconds: rule.seconds, from: now)
            windows[rule.rule] = rule.isEnabled ? Counted(rule: rule, window: window, told: nil) : nil
        }
        for rule in group.allowlistRules {
            if !rule.isEnabled, lists[rule.rule] != nil { judged.append(.clears(rule.rule.findingType)) }
            lists[rule.rule] = rule.isEnabled ? rule : nil
        }
        return judged
    }

    mutating func observe(
        _ event: ObservedEvent, _ reference: EvidenceReference, at now: Timestamp
    ) -> [Judgement] {
        switch event {
        case .logins(let attempts):
            let failed = attempts.count { $0.succeeded == false && $0.remoteAddress == nil }
            let users = attempts.filter { $0.succeeded == true }.map(\.user)
            return count(.failedLocalLogins, failed, at: now)
                + strangers(.localUser, users, reference) { rule, user in rule.values.contains(user) }
        case .processes(let processes):
            return strangers(.process, processes.map(\.name), reference) { rule, name in rule.names.contains(name) }
        case .connections(let connections):
            let hits = connections.reduce(0) { min($0 + $1.hits, Int(Int32.max)) }
            let outbound = connections.filter(\.isOutbound).map(\.remoteAddress)
            return count(.activeConnections, hits, at: now)
                + strangers(.connectionToIP, outbound, reference) { rule, text in
                    // What is no address is in no network.
                    AddressRange(text).map { address in rule.ranges.contains { $0.contains(address) } } ?? false
                }
        default: return []
        }
    }

    /// Something that a rule counts has happened so many times.
    mutating func count(_ rule: CustomAlertRule, _ count: Int, at now: Timestamp) -> [Judgement] {
        guard count > 0, windows[rule] != nil else { return [] }
        windows[rule]?.window.add(count, at: now)
        return judge(rule, at: now)
    }

    mutating func tick(at now: Timestamp) -> [Judgement] {
        CustomAlertRule.timeWindowRules.flatMap { judge($0, at: now) }
    }

    private mutating func judge(_ name: CustomAlertRule, at now: Timestamp) -> [Judgement] {
        guard var counted = windows[name] else { return [] }
        defer { windows[name] = counted }
        let rule = counted.rule
        let total = counted.window.total(at: now)
        let isTooFew = total < rule.minThreshold && counted.window.isWhole(at: now)
        guard total > rule.maxThreshold || isTooFew else {
            let wasTold = counted.told != nil
            counted.told = nil
            return wasTold ? [.clears(name.findingType)] : []
        }
        // A count that only falls as the window moves on is no new evidence.
        guard counted.told.map({ total > $0 }) ?? true else { return [] }
        counted.told = total
        let text =
            "\(total) \(name.subject) in \(rule.window), allowed are \(rule.minThreshold) to \(rule.maxThreshold)"
        return [.holds(name.findingType, text, EvidenceReference("window"))]
    }

    private func strangers(
        _ name: CustomAlertRule, _ found: [String], _ reference: EvidenceReference,
        _ isAllowed: (SecurityGroup.AllowlistRule, String) -> Bool
    ) -> [Judgement] {
        guard let rule = lists[name] else { return [] }
        return found.filter { !isAllowed(rule, $0) }.map { value in
            .holds(name.findingType, "not allowed: \(EvidenceReference.cut(value))", reference)
        }
    }
}
