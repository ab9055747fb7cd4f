import Access
import Glibc
import Reactor
import Vocabulary

/// What the server shows of itself and what it accepts: certificates, policy keys, and the names it answers to.
struct Credentials {
    /// The longest part of a start: OpenSSL looks for each of its algorithms, and reads keys and certificates.
    let tls: Prepared<TLSContext>
    let policies: PolicyTable
    let hostNames: HostNames
    /// The development roots in PEM; nil with a certificate from elsewhere.
    let authorities: [UInt8]?
    /// Where they stand for clients; nil without a data folder.
    let authorityFile: String?

    init(_ configuration: Configuration, _ environment: Environment) throws(StartFailure) {
        let folder = configuration.dataFolder.map(DataFolder.init)
        let machine = Self.machineName
        hostNames = HostNames(extra: configuration.hostNames + [machine])
        policies = configuration.generatesKeys ? try Self.generatedKeys(folder, environment) : .wellKnown
        if let given = configuration.certificate {
            tls = Self.context([TLSIdentity(chainFile: given.chain, keyFile: given.key)])
            authorities = nil
            authorityFile = nil
            return
        }
        // Without a data folder the files are gone as soon as OpenSSL has read them.
        let place: String
        if let folder { place = folder.certificates } else { place = try Self.temporaryFolder() }
        defer { if folder == nil { Files.remove(place) } }
        guard Files.makeFolder(place, mode: 0o700) else { throw StartFailure("\(place): \(SystemError.text())") }
        let authority: DevelopmentAuthority
        do throws(DevelopmentAuthority.Failure) {
            authority = try DevelopmentAuthority(
                folder: place, names: configuration.hostNames, machine: machine, environment)
        } catch {
            throw StartFailure("the certificates: \(error)")
        }
        tls = Self.context(authority.leaves.map { TLSIdentity(chainFile: $0.chainFile, keyFile: $0.keyFile) })
        if folder == nil { _ = try tls.value() }
        authorities = authority.roots
        authorityFile = folder?.authorities
        if let file = authorityFile, Files.read(file) != authority.roots, !Files.write(authority.roots, to: file) {
            throw StartFailure("\(file): \(SystemError.text())")
        }
    }

    private static func context(_ identities: [TLSIdentity]) -> Prepared<TLSContext> {
        Prepared { () throws(StartFailure) in
            do throws(TLSError) {
                return try TLSContext(serverIdentities: identities, protocols: ["h2", "http/1.1"])
            } catch {
                throw StartFailure("the certificates: \(error)")
            }
        }
    }

    /// Kept in the data folder, so that they stay the same from start to start.
    private static func generatedKeys(_ folder: DataFolder?, _ environment: Environment) throws(StartFailure)
        -> PolicyTable
    {
        guard let file = folder?.policyKeys else { return .generated(environment) }
        if let bytes = Files.read(file) {
            do throws(HubError) {
                return try PolicyTable(text: String(decoding: bytes, as: UTF8.self))
            } catch {
                throw StartFailure("\(file): \(error.text)")
            }
        }
        let made = PolicyTable.generated(environment)
        guard Files.write(Array(made.text.utf8), to: file, mode: 0o600, durably: true) else {
            throw StartFailure("\(file): \(SystemError.text())")
        }
        return made
    }

    private static var machineName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
    }

    private static func temporaryFolder() throws(StartFailure) -> String {
        guard let folder = Files.makeTemporaryFolder() else {
            throw StartFailure("no temporary folder: \(SystemError.text())")
        }
        return folder
    }
}
