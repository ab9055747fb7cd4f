import Glibc
import Vocabulary

/// The certificates that TwinHub makes for itself: two roots, P-256 and RSA-2048, each with a leaf that covers every name
/// by which a client on this machine may reach the hub. OpenSSL gives each client the leaf that it can check.
public struct DevelopmentAuthority {
    /// A leaf with its chain and key, as files in PEM.
    public struct Leaf: Sendable {
        public let chainFile: String
        public let keyFile: String
    }

    /// Why certificates could not be made or kept.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Both roots in PEM, what clients are to trust.
    public let roots: [UInt8]
    public let leaves: [Leaf]

    /// Days that a root and a leaf are good for; some verifiers refuse leaves of more than 825.
    static let rootDays = 3650
    static let leafDays = 800
    /// A leaf with less time left than this is made anew.
    static let renewalDays = 30

    /// Uses what the folder holds, or makes what is missing there: leaves where they do not cover the names or near their
    /// end, roots where there are none.
    ///
    /// - Parameters:
    ///   - folder: exists. Private keys in it are readable by its owner only.
    ///   - names: further host names and IP addresses to cover.
    public init(folder: String, names: [String], machine: String, _ environment: Environment) throws(Failure) {
        let wanted = Self.names(machine: machine, extra: names)
        let now = environment.now()
        let record = folder + "/leaves.txt"
        var roots: [UInt8] = []
        var leaves: [Leaf] = []
        let isCurrent = Self.isCurrent(Files.read(record), wanted, now)
        for kind in CertificateKind.allCases {
            let rootFile = "\(folder)/root-\(kind.rawValue).pem"
            let leaf = Leaf(
                chainFile: "\(folder)/server-\(kind.rawValue).pem", keyFile: "\(folder)/server-\(kind.rawValue)-key.pem"
            )
            if isCurrent, let root = Files.read(rootFile), Self.exists(leaf.chainFile),
                Self.exists(leaf.keyFile)
            {
                roots += root
            } else {
                let root = try Self.root(kind, rootFile, "\(folder)/root-\(kind.rawValue)-key.pem", now, environment)
                let made = try Certificate.leaf(kind, names: wanted, signedBy: root, at: now, environment)
                try Self.write(made.keyPEM, to: leaf.keyFile, isPrivate: true)
                try Self.write(made.pem + root.pem, to: leaf.chainFile)
                roots += root.pem
            }
            leaves.append(leaf)
        }
        if !isCurrent {
            let end = now.adding(seconds: Double(Self.leafDays) * 86400)
            try Self.write(Array(([end.description] + wanted).joined(separator: "\n").utf8), to: record)
        }
        self.roots = roots
        self.leaves = leaves
    }

    /// The root of a kind, made if it is not there.
    private static func root(
        _ kind: CertificateKind, _ file: String, _ keyFile: String, _ now: Timestamp, _ environment: Environment
    ) throws(Failure) -> Certificate {
        if let pem = Files.read(file), let keyPEM = Files.read(keyFile) {
            return try Certificate(pem: pem, keyPEM: keyPEM)
        }
        let root = try Certificate.root(kind, at: now, environment)
        try Self.write(root.keyPEM, to: keyFile, isPrivate: true)
        try Self.write(root.pem, to: file)
        return root
    }

    private static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// It is on disk when this returns: clients have been told to trust what stands in it.
    private static func write(_ bytes: [UInt8], to path: String, isPrivate: Bool = false) throws(Failure) {
        guard Files.write(bytes, to: path, mode: isPrivate ? 0o600 : 0o644, durably: true) else {
            throw Failure(description: "cannot write \(path): \(SystemError.text())")
        }
    }

    private static func names(machine: String, extra: [String]) -> [String] {
        var names = ["localhost", "127.0.0.1", "::1", machine, "hub.localhost", "*.azure-devices.net"]
        for name in extra where !names.contains(name) { names.append(name) }
        return names.filter { !$0.isEmpty }
    }

    /// Whether the leaves that this record describes still do: its first line is their end, the others are their names.
    private static func isCurrent(_ record: [UInt8]?, _ wanted: [String], _ now: Timestamp) -> Bool {
        guard let record else { return false }
        let lines = String(decoding: record, as: UTF8.self).split(separator: "\n").map(String.init)
        guard let end = lines.first.flatMap({ Timestamp($0) }) else { return false }
        return Array(lines.dropFirst()) == wanted && end > now.adding(seconds: Double(renewalDays) * 86400)
    }
}
