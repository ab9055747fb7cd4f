import JSON
import Vocabulary

/// Recommendations from an agent's events (defender.md section 6.2); each stands exactly while its last evidence says so.
struct RecommendationRules: Sendable {
    private var statistics = StatisticsWindow()

    mutating func observe(
        _ event: ObservedEvent, _ reference: EvidenceReference, at now: Timestamp
    ) -> [Judgement] {
        switch event {
        case .listeningPorts(let count):
            let text = count == 0 ? nil : count == 1 ? "1 listening endpoint" : "\(count) listening endpoints"
            return [.judge(.openPorts, text, reference)]
        case .firewall(let items): return FirewallRules.judge(items, reference)
        case .baseline(let checks): return Self.judge(checks, reference)
        case .messageStatistics(let items):
            for item in items { statistics.add(sent: item.sent, under4KB: item.under4KB, at: now) }
            return [judgeStatistics(reference, at: now)]
        case .configurationErrors(let items): return Self.judge(items, reference)
        default: return []
        }
    }

    mutating func tick(at now: Timestamp) -> [Judgement] {
        // Time alone can only take evidence away.
        statistics.isUnutilized(at: now) == nil ? [.clears(.unutilizedMessages)] : []
    }

    private mutating func judgeStatistics(_ reference: EvidenceReference, at now: Timestamp) -> Judgement {
        let found = statistics.isUnutilized(at: now)
        return .judge(
            .unutilizedMessages,
            found.map { "\($0.under4KB) of \($0.sent) messages were smaller than 4 KB in 24 hours" },
            reference)
    }

    private static func judge(_ items: [ObservedEvent.ConfigurationErrorItem], _ reference: EvidenceReference)
        -> [Judgement]
    {
        // An empty one says nothing: agent C sends it after each good update (defender.md section 9 no. 11).
        items.compactMap { item in
            let text = EvidenceReference.cut("\(item.name): \(item.message)")
            switch item.type {
            case "TypeMismatch": return .holds(.unparsedConfiguration, text, reference)
            case "NotOptimal": return .holds(.notOptimal, text, reference)
            case "Conflict": return .holds(.conflict, text, reference)
            default: return nil
            }
        }
    }

    private static func judge(_ checks: [BaselineCheck], _ reference: EvidenceReference) -> [Judgement] {
        let failed = checks.filter { $0.result == .failed }
        func count(_ severity: String) -> String { String(failed.count { $0.severity == severity }) }
        var json = JSONWriter()
        json.beginObject()
        json.key("SnapshotId")
        json.value(reference.eventID)
        json.key("TotalFailedRules")
        json.value(String(failed.count))
        // The spelling is the service's, and so are counts as texts (defender.md section 6.1).
        json.key("TotalRulesFailedDuoToError")
        json.value(String(checks.count { $0.result == .error }))
        json.key("TotalInformationalFailedRules")
        json.value(count("informational"))
        json.key("TotalCriticalFailedRules")
        json.value(count("critical"))
        json.key("TotalWarningFailedRules")
        json.value(count("warning"))
        json.endObject()
        let text = failed.isEmpty ? nil : "\(failed.count) of \(checks.count) reported checks failed"
        let test = failed.first(where: \.isTest).map { "check \(EvidenceReference.cut($0.id)) failed" }
        return [
            .judge(.baseline, text, EvidenceReference(reference.source, eventID: reference.eventID, data: json.bytes)),
            .judge(.baselineTest, test, reference),
        ]
    }
}
