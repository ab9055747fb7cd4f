import JSON

/// What the hub itself sees (defender.md sections 6.3 and 6.5), and what a twin says of a security agent (6.2).
enum HubRules {
    static func observe(_ evidence: Evidence) -> [Judgement] {
        let authentication = EvidenceReference("authentication")
        switch evidence {
        case .tokenExpired: return [.holds(.expiredToken, "a token was used after its time", authentication)]
        case .tokenInvalid:
            return [.holds(.invalidToken, "a token was signed with neither key of the device", authentication)]
        case .certificateExpired:
            return [.holds(.certificateExpired, "a certificate was used after its time", authentication)]
        case .thumbprintMismatch:
            return [.holds(.thumbprintMismatch, "a certificate has neither thumbprint of the device", authentication)]
        case .credentialsShared(let others, let more):
            let some = others.joined(separator: ", ")
            let text = others.isEmpty ? nil : "shared with \(some)\(more > 0 ? " and \(more) more" : "")"
            return [.judge(.sharedCredentials, text, EvidenceReference("registry"))]
        case .vulnerableCipher(let suite):
            let text = suite.map { "the connection used \(EvidenceReference.cut($0))" }
            return [.judge(.vulnerableCipher, text, EvidenceReference("tls"))]
        case .twinStands(.security(let module, let desired)): return configuration(desired, of: module)
        case .twinStands(.edgeAgent(let desired)): return [edge(desired)]
        default: return []
        }
    }

    private static func configuration(_ desired: JSONValue?, of module: SecurityModule) -> [Judgement] {
        // The recommendations are published for the classic agents' configuration only.
        guard module == .classic else { return [] }
        let lint = desired.map { ConfigurationLint.check($0, of: module) } ?? []
        let reference = EvidenceReference("twin")
        func judge(_ type: FindingType, _ rule: ConfigurationLint.Rule) -> Judgement {
            .judge(type, lint.first { $0.rule == rule }.map { "\($0.key ?? ""): \($0.text)" }, reference)
        }
        return [judge(.notOptimal, .notOptimal), judge(.conflict, .conflict)]
    }

    /// A module of `$edgeAgent`'s whose container is privileged; `createOptions` is JSON as a text.
    private static func edge(_ desired: JSONValue?) -> Judgement {
        let privileged = ["modules", "systemModules"].flatMap { group in
            (desired?[group]?.members.map { $0 } ?? []).compactMap { name, module -> String? in
                guard let options = module["settings"]?["createOptions"]?.string,
                    let parsed = try? JSONDocument(parsing: options).root,
                    parsed["HostConfig"]?["Privileged"]?.bool == true
                else { return nil }
                return name
            }
        }
        let names = EvidenceReference.cut(privileged.joined(separator: ", "))
        return .judge(
            .privilegedDockerOptions, privileged.isEmpty ? nil : "privileged: \(names)", EvidenceReference("twin"))
    }
}
