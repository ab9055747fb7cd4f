import Vocabulary

/// What follows from hearing of a device, or not: `Device silent` and `IoT_InstallAgent`; and the device's clock.
struct PresenceRules: Sendable {
    private var now: Timestamp?
    /// The last message; before the first one, the first observation.
    private var lastHeard: Timestamp?
    private var hasSent = false
    private var modules: Set<SecurityModule> = []
    /// Whether the finding has been told: what only time shows is judged at each tick and changes at the first.
    private var isSilent = false
    private var isToldToInstall = false

    /// Documented (defender.md section 6.4).
    static let silenceSeconds: Double = 72 * 3600

    mutating func advance(to time: Timestamp) -> Timestamp {
        let later = max(now ?? time, time)
        now = later
        if lastHeard == nil { lastHeard = later }
        return later
    }

    mutating func observe(_ evidence: Evidence) -> [Judgement] {
        switch evidence {
        case .securityEvent:
            hasSent = true
            isSilent = false
            lastHeard = now
            return [.clears(.installAgent), .clears(.deviceSilent)]
        case .deviceToCloud:
            isSilent = false
            lastHeard = now
            return [.clears(.deviceSilent)]
        case .twinStands(.security(let module, .some)):
            modules.insert(module)
            isToldToInstall = false
            return [.clears(.installAgent)]
        case .twinStands(.security(let module, nil)):
            modules.remove(module)
            return []
        case .clock:
            let reference = EvidenceReference("clock")
            var found: [Judgement] = []
            if !hasSent, modules.isEmpty, !isToldToInstall {
                isToldToInstall = true
                found.append(.holds(.installAgent, "no security module and no security message", reference))
            }
            if !isSilent, let lastHeard, let now, lastHeard.adding(seconds: Self.silenceSeconds) <= now {
                isSilent = true
                found.append(.holds(.deviceSilent, "no message since \(lastHeard)", reference))
            }
            return found
        default: return []
        }
    }
}
