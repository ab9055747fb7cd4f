import Access
import ArgumentParser
import Blobs
import Emulator
import Vocabulary

/// `twinhub sas`: a token for curl and the like.
struct SASCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sas", abstract: "Print a shared access signature of a policy, a device or a module.")

    @OptionGroup var server: ServerOption
    @Option(help: "The policy that signs. (default: iothubowner)")
    var policy: String?
    @Option(help: "The device whose key signs.")
    var device: String?
    @Option(help: "The module whose key signs: DEVICE/MODULE.")
    var module: String?
    @Flag(help: "The URI of the hub's own blob container, signed, for imports and exports.")
    var container = false
    @Option(help: "Seconds until the token ends, at least 1.")
    var ttl = Lifetime(seconds: 3600)

    func validate() throws {
        guard [policy, device, module, container ? "" : nil].compactMap({ $0 }).count <= 1 else {
            throw ValidationError("--policy, --device, --module and --container exclude each other.")
        }
        guard module?.contains("/") ?? true else { throw ValidationError("--module takes DEVICE/MODULE.") }
    }

    func run() throws {
        try Failures.reported {
            let expiry = Environment.system.now().unixSeconds + ttl.seconds
            StandardOutput.write(try (container ? containerURI(expiry: expiry) : token(expiry: expiry)) + "\n")
        }
    }

    private func containerURI(expiry: Int64) throws -> String {
        let report = try server.report()
        guard let folder = report.dataFolder else {
            throw StartFailure("the storage account's key is in the server's memory only")
        }
        let path = DataFolder(folder).blobs + "/" + StorageAccount.keyFile
        guard let text = Files.read(path) else { throw StartFailure("\(path): \(SystemError.text())") }
        guard let key = Base64.decode(text.filter { $0 > 0x20 }) else { throw StartFailure("\(path) holds no key") }
        let (account, name) = (StorageAccount.name, StorageAccount.container)
        let time = Timestamp(unixSeconds: expiry).description
        let signature = ServiceSignature(permissions: "rw", expiry: time, resource: "c")
        return "\(report.url)/\(account)/\(name)" + signature.query(account, name, nil, key: key)
    }

    private func token(expiry: Int64) throws -> String {
        let report = try server.report()
        guard let identity = device ?? module else {
            let name = policy ?? "iothubowner"
            guard let known = try PolicyFile.policies(of: report)[name] else {
                throw StartFailure("there is no policy \(name)")
            }
            return SASSigner.token(resource: report.host, key: known.primary, expiry: expiry, policy: known.name)
        }
        let path = PathSegment.identity(identity)
        guard let found = try server.client().getIfThere("\(path)?api-version=2021-04-12") else {
            throw StartFailure("there is no \(identity)")
        }
        guard let text = found["authentication"]?["symmetricKey"]?["primaryKey"]?.string,
            let key = try? SymmetricKey(base64: text)
        else { throw StartFailure("\(identity) does not authenticate by key") }
        let (device, module) = PathSegment.split(identity)
        let resource = "\(report.host)/devices/\(device)" + (module.map { "/modules/\($0)" } ?? "")
        return SASSigner.token(resource: resource, key: key, expiry: expiry)
    }
}

/// The policies of a running server: the well-known ones, or those in its data folder.
enum PolicyFile {
    static func policies(of report: ServerReport) throws -> PolicyTable {
        let known = PolicyTable.wellKnown
        let own = report.connectionString.flatMap(ConnectionString.init)?.key
        if own == nil || own == known["iothubowner"]?.primary { return known }
        guard let folder = report.dataFolder else {
            throw StartFailure("the keys that --generate-keys made are in the server's memory only")
        }
        let path = DataFolder(folder).policyKeys
        guard let bytes = Files.read(path) else { throw StartFailure("\(path): \(SystemError.text())") }
        return try PolicyTable(text: String(decoding: bytes, as: UTF8.self))
    }
}
