import Access
import Vocabulary

// Certificate authorities (auth.md section 5, rest.md section 18).
extension HubState {
    /// An authority whose certificate is replaced has to prove itself again, or be vouched for again.
    mutating func putAuthority(
        _ name: AuthorityName, _ certificate: AuthorityCertificate, isVerified: Bool, _ precondition: Precondition,
        _ context: DecisionContext
    ) throws(HubError) -> Decision {
        if let other = authorities.authorities.first(where: { $0.name != name && $0.certificate == certificate }) {
            throw HubError(.genericConflict, "The certificate is registered already, as '\(other.name)'.")
        }
        guard let existing = authorities[name] else {
            guard precondition == .none else { throw .authorityNotFound(name) }
            guard authorities.authorities.count < limits.certificateAuthorities else {
                throw HubError(
                    .invalidOperation, "The hub holds \(limits.certificateAuthorities) CA certificates, its limit.")
            }
            var created = RegisteredAuthority(name: name, certificate: certificate, at: context.now)
            created.isVerified = isVerified
            return try take(created, context)
        }
        guard precondition != .none else {
            throw HubError(
                .preconditionFailed, "The certificate '\(name)' exists: If-Match has to name its etag to update it.")
        }
        try check(precondition, existing)
        return try take(
            existing.changed(at: context.now) {
                if $0.certificate != certificate { ($0.isVerified, $0.verificationCode) = (false, nil) }
                $0.certificate = certificate
                if isVerified { ($0.isVerified, $0.verificationCode) = (true, nil) }
            }, context)
    }

    mutating func deleteAuthority(
        _ name: AuthorityName, _ precondition: Precondition, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        _ = try authority(name, precondition)
        let event = Event.authority(.deleted(name))
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .done)
    }

    /// A new code, which takes the place of one that was given before.
    mutating func challengeAuthority(
        _ name: AuthorityName, _ precondition: Precondition, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        let existing = try authority(name, precondition)
        let code = Hex.encode(context.environment.randomBytes(20)).uppercased()
        return try take(existing.changed(at: context.now) { $0.verificationCode = code }, context)
    }

    mutating func verifyAuthority(
        _ name: AuthorityName, proof: [UInt8], _ precondition: Precondition, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        let existing = try authority(name, precondition)
        guard let code = existing.verificationCode else {
            throw HubError(.invalidOperation, "No verification code has been generated for '\(name)'.")
        }
        guard try existing.certificate.isProven(by: proof, code: code, at: context.now) else {
            throw HubError(
                .argumentInvalid,
                "The certificate proves nothing: its CN must be the verification code, its issuer '\(name)', and its time now."
            )
        }
        return try take(
            existing.changed(at: context.now) { ($0.isVerified, $0.verificationCode) = (true, nil) }, context)
    }

    private mutating func take(
        _ authority: RegisteredAuthority, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        let event = Event.authority(.updated(authority))
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .authority(authority))
    }

    private func authority(
        _ name: AuthorityName, _ precondition: Precondition
    ) throws(HubError) -> RegisteredAuthority {
        guard let existing = authorities[name] else { throw .authorityNotFound(name) }
        try check(precondition, existing)
        return existing
    }

    private func check(_ precondition: Precondition, _ authority: RegisteredAuthority) throws(HubError) {
        guard precondition.allows(authority.etag) else {
            throw HubError(.preconditionFailed, "Precondition failed: the etag of '\(authority.name)' did not match.")
        }
    }
}

extension HubError {
    public static func authorityNotFound(_ name: AuthorityName) -> HubError {
        HubError(.certificateNotFound, "There is no certificate '\(name)'.")
    }
}
