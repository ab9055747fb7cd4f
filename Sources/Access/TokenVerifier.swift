import Vocabulary

/// Verifies shared access signatures (rest.md section 2.2) and remembers the good ones until they expire or a key
/// changes. One for each shard: it has no lock.
public final class TokenVerifier {
    /// An identity whose own key may have signed.
    public struct Signer {
        public let id: TwinID
        public let authentication: Authentication
        public let isEnabled: Bool
        /// Changes with every change of the identity.
        public let epoch: UInt64

        public init(id: TwinID, authentication: Authentication, isEnabled: Bool, epoch: UInt64) {
            self.id = id
            self.authentication = authentication
            self.isEnabled = isEnabled
            self.epoch = epoch
        }
    }

    /// A token that was found good.
    private struct Remembered {
        let text: [UInt8]
        /// In seconds since 1970, grace included.
        let end: Double
        let segments: [String]
        let principal: Principal
        /// The signing identity's; nil for a policy.
        let epoch: UInt64?
    }

    /// Tokens remembered at most, a power of two; one in the way of another gives place.
    public static let capacity = 1024

    private let policies: PolicyTable
    private let hostNames: HostNames
    private let grace: Double
    private var remembered: [Remembered?] = Array(repeating: nil, count: capacity)

    /// - Parameter grace: seconds for which an expired token is still accepted.
    public init(policies: PolicyTable, hostNames: HostNames, grace: Int) {
        self.policies = policies
        self.hostNames = hostNames
        self.grace = Double(grace)
    }

    /// Who presents this token for this path.
    ///
    /// - Parameters:
    ///   - path: raw, as requested; `/emulator` in front of it does not count.
    ///   - signers: the identities whose key may stand for this path, asked for only where no policy has signed.
    public func verify(
        _ token: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer, now: Timestamp, signers: () -> [Signer]
    ) throws(AccessRefusal) -> Principal {
        let seconds = Double(now.unixSeconds)
        let place = Self.place(of: token)
        if let known = remembered[place], known.text.withUnsafeBytes({ $0.isEqual(to: token) }) {
            if known.end >= seconds, isCurrent(known, signers), Self.covers(known.segments, path, known.principal) {
                return known.principal
            }
            if known.end < seconds { remembered[place] = nil }
        }
        let parsed = try SASToken(String(decoding: token, as: UTF8.self))
        guard parsed.expiry + grace >= seconds else {
            throw AccessRefusal("the token is expired", parsed.policy == nil ? .tokenExpired : .other)
        }
        guard hostNames.accepts(parsed.host) else {
            throw AccessRefusal("the token is for another host, \(parsed.host)")
        }
        let (principal, epoch) = try signer(of: parsed, path, signers)
        remembered[place] = Remembered(
            text: Array(token), end: parsed.expiry + grace, segments: parsed.segments, principal: principal,
            epoch: epoch)
        return principal
    }

    private func isCurrent(_ known: Remembered, _ signers: () -> [Signer]) -> Bool {
        guard let epoch = known.epoch else { return true }
        return signers().contains { $0.epoch == epoch && Principal($0.id) == known.principal && $0.isEnabled }
    }

    /// Who signed this and may have signed it for this path.
    private func signer(
        of token: SASToken, _ path: UnsafeRawBufferPointer, _ signers: () -> [Signer]
    ) throws(AccessRefusal) -> (principal: Principal, epoch: UInt64?) {
        if let name = token.policy {
            guard let policy = policies[name] else { throw AccessRefusal("there is no policy \(name)") }
            guard token.isSigned(by: policy.primary) || token.isSigned(by: policy.secondary) else {
                throw AccessRefusal("the signature matches neither key of policy \(policy.name)")
            }
            let principal = Principal(.policy(policy.name), policy.permissions)
            guard Self.covers(token.segments, path, principal) else { throw Self.uncovered }
            return (principal, nil)
        }
        var reason = AccessRefusal("no identity that this path names can sign for it")
        for signer in signers() {
            guard signer.isEnabled else {
                reason = AccessRefusal("\(signer.id) is disabled")
                continue
            }
            guard case .sas(let primary, let secondary) = signer.authentication else {
                reason = AccessRefusal("\(signer.id) does not authenticate by key")
                continue
            }
            guard token.isSigned(by: primary) || token.isSigned(by: secondary) else {
                reason = AccessRefusal("the signature matches neither key of \(signer.id)", .tokenInvalid)
                continue
            }
            let principal = Principal(signer.id)
            if Self.covers(token.segments, path, principal) { return (principal, signer.epoch) }
            reason = Self.uncovered
        }
        throw reason
    }

    private static let uncovered = AccessRefusal("the token does not cover this path")

    /// Whether the signed resource fits what is requested (auth.md section 1.1). A policy's is a prefix of it, segment by
    /// segment. A device signs for itself or, as the Defender agent does, for the bare host; a module for itself. Both may
    /// say more than that, as old tools do, but a device does not sign in a module's name.
    private static func covers(_ signed: [String], _ path: UnsafeRawBufferPointer, _ principal: Principal) -> Bool {
        switch principal.kind {
        case .device(let id):
            let own = ["devices", id.device.lowercased()]
            return signed.isEmpty || signed.starts(with: own) && !signed.dropFirst(own.count).starts(with: ["modules"])
        case .module(let id):
            return signed.starts(with: ["devices", id.device.lowercased(), "modules", id.module?.lowercased() ?? ""])
        case .policy, .everybody: break
        }
        if signed.isEmpty { return true }
        var requested = path.split(separator: UInt8(ascii: "/"))[...]
        if let first = requested.first, first.elementsEqual("emulator".utf8) { requested = requested.dropFirst() }
        guard signed.count <= requested.count else { return false }
        return zip(signed, requested).allSatisfy { signed, segment in
            PercentCoding.decode(segment).map { String(decoding: $0, as: UTF8.self).lowercased() } == signed
        }
    }

    /// FNV-1a over eight bytes a step; the place only decides what is remembered, so nothing hangs on its quality.
    private static func place(of token: UnsafeRawBufferPointer) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var offset = 0
        while offset + 8 <= token.count {
            hash = (hash ^ token.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x100_0000_01B3
            hash ^= hash >> 29
            offset += 8
        }
        while offset < token.count {
            hash = (hash ^ UInt64(token[offset])) &* 0x100_0000_01B3
            offset += 1
        }
        return Int(truncatingIfNeeded: hash ^ hash >> 32) & (capacity - 1)
    }
}
