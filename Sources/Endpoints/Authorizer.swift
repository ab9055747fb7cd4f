import Access
import HTTP
import Hub
import Vocabulary

/// Decides who may do what: takes the request's token or certificate to `Access`, with what the hub knows of the
/// identity that the path names. One for each shard, since verified tokens are remembered there.
public final class Authorizer {
    /// What `--auth` says.
    public enum Mode: Sendable {
        case required
        /// Everybody may do everything (`--auth off`).
        case off
    }

    private let mode: Mode
    private let verifier: TokenVerifier
    private let hostNames: HostNames
    private let grace: Int
    /// Told why somebody was refused, in a sentence without secrets.
    private let report: (AccessRefusal) -> Void
    private let witness: (any OperationWitness)?

    /// - Parameter grace: seconds for which an expired token is still accepted.
    public init(
        mode: Mode, policies: PolicyTable, hostNames: HostNames, grace: Int,
        witness: (any OperationWitness)? = nil, report: @escaping (AccessRefusal) -> Void
    ) {
        self.mode = mode
        self.hostNames = hostNames
        self.grace = grace
        verifier = TokenVerifier(policies: policies, hostNames: hostNames, grace: grace)
        self.report = report
        self.witness = witness
    }

    /// Who asks; nil where that is not known, or not allowed to ask.
    public func authorize(
        _ request: HTTPRequest, _ requirement: Requirement, _ captures: PathCaptures, _ peer: any Peer, hub: Hub
    ) -> Principal? {
        if case .open = requirement { return Principal(.everybody, []) }
        if mode == .off { return Principal(.everybody, .all) }
        do throws(AccessRefusal) {
            let principal = try identify(request, requirement, captures, peer, hub)
            guard requirement.allows(principal) else {
                throw AccessRefusal("\(principal) lacks the permission for this operation")
            }
            noteSignIn(principal, peer)
            return principal
        } catch {
            report(error)
            if let witness, witness.isWatching, let id = try? captures.twinID() {
                witness.witnessed(.refused(error.cause), of: id)
            }
            return nil
        }
    }

    private func noteSignIn(_ principal: Principal, _ peer: any Peer) {
        guard let witness, witness.isWatching, let id = principal.identity else { return }
        witness.witnessed(.signedIn(cipher: peer.cipher), of: id)
    }

    private func identify(
        _ request: HTTPRequest, _ requirement: Requirement, _ captures: PathCaptures, _ peer: any Peer, _ hub: Hub
    ) throws(AccessRefusal) -> Principal {
        let now = hub.environment.now()
        guard let token = request.headers["authorization"] else {
            return try identifyByCertificate(signers(requirement, captures, hub), peer, hub, now)
        }
        return try verifier.verify(token, path: request.path, now: now) { signers(requirement, captures, hub) }
    }

    /// Who connects as this identity: by a token that is its own or a policy's, or else by the client's certificate
    /// (auth.md sections 1.4 and 5). A device's key does not open a link for its modules.
    ///
    /// - Parameter host: the hub's name as the client gives it.
    public func authorizeLink(
        _ id: TwinID, host: String, token: UnsafeRawBufferPointer?, _ peer: any Peer, hub: Hub
    ) throws(AccessRefusal) -> LinkProof {
        do throws(AccessRefusal) {
            let proof = try proveLink(id, host: host, token: token, peer, hub)
            noteSignIn(proof.principal, peer)
            return proof
        } catch {
            witness?.witnessed(.refused(error.cause), of: id)
            throw error
        }
    }

    private func proveLink(
        _ id: TwinID, host: String, token: UnsafeRawBufferPointer?, _ peer: any Peer, _ hub: Hub
    ) throws(AccessRefusal) -> LinkProof {
        guard hostNames.accepts(host) else { throw AccessRefusal("the user name is for another host, \(host)") }
        guard let entity = hub.entity(id) else { throw AccessRefusal("\(id) is not registered") }
        if mode == .off { return LinkProof(principal: Principal(id), end: LinkProof.endOfDays) }
        let now = hub.environment.now()
        let signers = { [self] in [signer(id, entity.identity, hub)] }
        guard let token, !token.isEmpty else {
            let principal = try identifyByCertificate(signers(), peer, hub, now)
            return LinkProof(principal: principal, end: LinkProof.endOfDays)
        }
        var path = Array("/devices/\(PercentCoding.encode(id.device))".utf8)
        if let module = id.module { path.append("/modules/\(PercentCoding.encode(module))") }
        let principal = try path.withUnsafeBytes { path in
            Result { () throws(AccessRefusal) in
                try verifier.verify(token, path: path, now: now, signers: signers)
            }
        }.get()
        guard Requirement.device.allows(principal) else {
            throw AccessRefusal("\(principal) lacks the permission to connect")
        }
        let seconds = try SASToken(String(decoding: token, as: UTF8.self)).expiry + Double(grace)
        let limit = Double(Timestamp.latestUnixSeconds)
        let end = Timestamp(unixSeconds: Int64(min(seconds, limit)))
        return LinkProof(principal: principal, end: end)
    }

    private func identifyByCertificate(
        _ signers: [TokenVerifier.Signer], _ peer: any Peer, _ hub: Hub, _ now: Timestamp
    ) throws(AccessRefusal) -> Principal {
        let chain = peer.certificates
        guard let der = chain.first, let certificate = ClientCertificate(der: der) else {
            throw AccessRefusal("there is neither a token nor a client certificate")
        }
        var reason = AccessRefusal("a certificate does not stand for this path")
        for signer in signers {
            do throws(AccessRefusal) {
                guard signer.isEnabled else { throw AccessRefusal("\(signer.id) is disabled") }
                if case .certificateAuthority = signer.authentication {
                    try hub.certificateAuthorities.check(chain, standsFor: signer.id, at: now)
                } else {
                    try certificate.check(signer.authentication, at: now)
                }
                return Principal(signer.id)
            } catch {
                reason = error
            }
        }
        throw reason
    }

    /// Whose own credentials may stand for this path: the identity that it names, and for reading a module's identity also
    /// the device that the module is on (auth.md section 7). A disabled device disables its modules.
    private func signers(_ requirement: Requirement, _ captures: PathCaptures, _ hub: Hub) -> [TokenVerifier.Signer] {
        let ids: [TwinID?]
        switch requirement {
        case .device, .deviceOrService: ids = [try? captures.twinID()]
        case .moduleIdentityRead:
            let id = try? captures.twinID()
            ids = [id?.owner, id]
        case .open, .anyOf, .allOf: ids = []
        }
        return ids.compactMap { id in
            guard let id, let identity = hub.entity(id)?.identity else { return nil }
            return signer(id, identity, hub)
        }
    }

    private func signer(_ id: TwinID, _ identity: Identity, _ hub: Hub) -> TokenVerifier.Signer {
        let device = id.isModule ? hub.entity(id.owner)?.identity : identity
        return TokenVerifier.Signer(
            id: id, authentication: identity.authentication, isEnabled: device?.status == .enabled,
            epoch: identity.generation &+ identity.etagCounter << 20)
    }
}

extension Requirement {
    /// Whether somebody who has proven to be this may do it.
    func allows(_ principal: Principal) -> Bool {
        let isIdentity: Bool
        switch principal.kind {
        case .device, .module: isIdentity = true
        case .policy, .everybody: isIdentity = false
        }
        switch self {
        case .open: return true
        case .anyOf(let permissions): return !isIdentity && !principal.permissions.isDisjoint(with: permissions)
        case .allOf(let permissions): return !isIdentity && principal.permissions.isSuperset(of: permissions)
        case .device: return principal.permissions.contains(.deviceConnect)
        case .deviceOrService: return !principal.permissions.isDisjoint(with: [.deviceConnect, .serviceConnect])
        case .moduleIdentityRead: return isIdentity || principal.permissions.contains(.registryRead)
        }
    }
}
