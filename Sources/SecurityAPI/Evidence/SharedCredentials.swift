import Access

/// Which of the devices that are remembered sign in with the same key or thumbprint (defender.md section 6.3).
struct SharedCredentials {
    /// Devices that are named to one that shares; the others are counted.
    static let named = 5

    private enum Credential: Hashable {
        case key(SymmetricKey)
        case thumbprint(Thumbprint)
    }

    private var credentials: [String: Set<Credential>] = [:]
    private var holders: [Credential: Set<String>] = [:]

    /// Takes in how a device authenticates; nil for one that is no more remembered.
    ///
    /// - Returns: the devices for which ``others(of:)`` is to be told anew: this one, and each that was or is now its only companion.
    mutating func note(_ device: String, _ authentication: Authentication?) -> Set<String> {
        let now = authentication.map(Self.credentials) ?? []
        let before = credentials[device] ?? []
        guard now != before else { return [] }
        credentials[device] = now.isEmpty ? nil : now
        var concerned: Set = [device]
        for credential in before.subtracting(now) {
            holders[credential]?.remove(device)
            guard let left = holders[credential] else { continue }
            if left.count == 1 { concerned.formUnion(left) }
            if left.isEmpty { holders[credential] = nil }
        }
        for credential in now.subtracting(before) {
            if let present = holders[credential], present.count == 1 { concerned.formUnion(present) }
            holders[credential, default: []].insert(device)
        }
        return concerned
    }

    /// Some of the devices that share with this one, in order, and how many more there are at least.
    func others(of device: String) -> (named: [String], more: Int) {
        var some: Set<String> = []
        var most = 0
        for credential in credentials[device] ?? [] {
            guard let all = holders[credential] else { continue }
            most = max(most, all.count - 1)
            some.formUnion(all.prefix(Self.named + 1))
        }
        some.remove(device)
        let named = some.sorted().prefix(Self.named)
        return (Array(named), max(most, some.count) - named.count)
    }

    private static func credentials(of authentication: Authentication) -> Set<Credential> {
        switch authentication {
        case .sas(let primary, let secondary): [.key(primary), .key(secondary)]
        case .selfSigned(let primary, let secondary):
            Set([primary, secondary].compactMap { $0.map(Credential.thumbprint) })
        case .certificateAuthority, .none: []
        }
    }
}
