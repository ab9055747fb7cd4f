import Access

/// The authorities that the hub knows, by name. Few, so that finding one means looking at each.
struct AuthorityRegistry: Hashable, Sendable {
    private(set) var authorities: [RegisteredAuthority] = []

    subscript(_ name: AuthorityName) -> RegisteredAuthority? { authorities.first { $0.name == name } }

    mutating func put(_ authority: RegisteredAuthority) {
        if let index = authorities.firstIndex(where: { $0.name >= authority.name }) {
            if authorities[index].name == authority.name {
                authorities[index] = authority
            } else {
                authorities.insert(authority, at: index)
            }
        } else {
            authorities.append(authority)
        }
    }

    mutating func remove(_ name: AuthorityName) { authorities.removeAll { $0.name == name } }

    /// For judging the certificates of clients.
    var trust: CertificateAuthorities {
        CertificateAuthorities(
            authorities.map {
                CertificateAuthorities.Member(
                    name: $0.name.description, certificate: $0.certificate, isVerified: $0.isVerified)
            })
    }
}
