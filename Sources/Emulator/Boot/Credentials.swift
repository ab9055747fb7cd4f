import Access
import Reactor
import Vocabulary

/// What the server shows of itself and what it accepts: certificates, policy keys, and the names it answers to.
struct Credentials {
    let tls: TLSContext
    let policies: PolicyTable
    let hostNames: HostNames
    /// The development roots in PEM; nil with a certificate from elsewhere.
    let authorities: [UInt8]?
    /// Where they stand for clients; nil without a data folder.
    let authorityFile: String?

    init(_ configuration: Configuration, _ environment: Environment) throws(StartFailure) {
        let folder = configuration.dataFolder.map(DataFolder.init)
        do {
            hostNames = HostNames(extra: configuration.hostNames)
            if let folder, configuration.generatesKeys {
                policies = try PolicyTable.generated(keptIn: folder.policyKeys, environment)
            } else {
                policies = configuration.generatesKeys ? PolicyTable.generated(environment) : .wellKnown
            }
        } catch {
            throw StartFailure("the policy keys: \(error)")
        }
        do {
            if let given = configuration.certificate {
                tls = try TLSContext(serverIdentities: [TLSIdentity(chainFile: given.chain, keyFile: given.key)])
                authorities = nil
                authorityFile = nil
            } else {
                let authority = try DevelopmentAuthority(
                    folder: folder?.certificates, hostNames: configuration.hostNames, environment)
                tls = try authority.serverContext()
                authorities = authority.roots
                authorityFile = folder?.authorities
            }
        } catch {
            throw StartFailure("the certificates: \(error)")
        }
    }
}
