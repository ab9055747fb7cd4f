import Testing
import Vocabulary

@testable import Access

@Suite struct DevelopmentAuthorityTests {
    private static let day: Int64 = 86400
    private static let now = Environment.system.now().unixSeconds

    private static func authority(
        _ folder: TemporaryFolder, names: [String] = [], machine: String = "bench", at seconds: Int64 = now
    ) throws -> DevelopmentAuthority {
        try DevelopmentAuthority(folder: folder.path, names: names, machine: machine, .standing(at: seconds))
    }

    private static let files = [
        "root-p256.pem", "root-p256-key.pem", "server-p256.pem", "server-p256-key.pem", "root-rsa.pem",
        "root-rsa-key.pem",
        "server-rsa.pem", "server-rsa-key.pem",
    ]

    @Test("A new folder gets two roots, each with a leaf, that openssl verifies strictly for every name")
    func makesCertificates() throws {
        let folder = TemporaryFolder()
        let authority = try Self.authority(folder, names: ["hub.factory.example", "192.0.2.7", "localhost"])
        #expect(authority.roots == folder.bytes("root-p256.pem") + folder.bytes("root-rsa.pem"))
        #expect(authority.leaves.map(\.chainFile) == ["p256", "rsa"].map { "\(folder.path)/server-\($0).pem" })
        for kind in ["p256", "rsa"] {
            func verify(_ name: String) -> String {
                folder.shell(
                    "openssl verify -x509_strict -purpose sslserver -CAfile root-\(kind).pem \(name) server-\(kind).pem"
                )
            }
            for name in ["localhost", "bench", "hub.localhost", "emu.azure-devices.net", "hub.factory.example"] {
                #expect(verify("-verify_hostname \(name)") == "server-\(kind).pem: OK\n", "\(name)")
            }
            for address in ["127.0.0.1", "::1", "192.0.2.7"] {
                #expect(verify("-verify_ip \(address)") == "server-\(kind).pem: OK\n", "\(address)")
            }
            #expect(!verify("-verify_hostname example.com").contains("OK"))
            #expect(!verify("-verify_hostname a.b.azure-devices.net").contains("OK"))
            #expect(!verify("-verify_ip 192.0.2.8").contains("OK"))
        }
    }

    @Test("Certificates say what strict verifiers ask for, and no more than is needed")
    func writesExtensions() throws {
        let folder = TemporaryFolder()
        _ = try Self.authority(folder, names: ["extra.example"])
        for kind in ["p256", "rsa"] {
            let root = folder.shell("openssl x509 -in root-\(kind).pem -noout -text")
            #expect(root.contains("Basic Constraints: critical\n                CA:TRUE"))
            #expect(root.contains("Key Usage: critical\n                Certificate Sign, CRL Sign"))
            let leaf = folder.shell("openssl x509 -in server-\(kind).pem -noout -text")
            #expect(leaf.contains("Version: 3"))
            #expect(leaf.contains("Basic Constraints: critical\n                CA:FALSE"))
            #expect(leaf.contains("Extended Key Usage: \n                TLS Web Server Authentication"))
            #expect(leaf.contains(kind == "rsa" ? "Public-Key: (2048 bit)" : "NIST CURVE: P-256"))
            #expect(
                leaf.contains(
                    "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:bench, DNS:hub.localhost, DNS:*.azure-devices.net, DNS:extra.example"
                ))
            let key = folder.shell("openssl pkey -in server-\(kind)-key.pem -pubout")
            #expect(key == folder.shell("openssl x509 -in server-\(kind).pem -noout -pubkey"))
        }
        let serials = ["root-p256", "server-p256", "root-rsa", "server-rsa"].map {
            folder.shell("openssl x509 -in \($0).pem -noout -serial")
        }
        #expect(Set(serials).count == 4)
    }

    @Test("Keys are readable by their owner only")
    func keepsKeysPrivate() throws {
        let folder = TemporaryFolder()
        _ = try Self.authority(folder)
        for file in Self.files where file.hasSuffix("-key.pem") { #expect(folder.mode(file) == 0o600, "\(file)") }
        #expect(folder.shell("ls | grep new") == "")
    }

    @Test("The same folder and names give the same certificates again")
    func keepsCertificates() throws {
        let folder = TemporaryFolder()
        let first = try Self.authority(folder)
        let files = Self.files.map(folder.bytes)
        let second = try Self.authority(folder, at: Self.now + 700 * Self.day)
        #expect(first.roots == second.roots)
        #expect(Self.files.map(folder.bytes) == files)
    }

    @Test("New names, an end that is near and a lost leaf get new leaves of the same roots")
    func renewsLeaves() throws {
        let folder = TemporaryFolder()
        _ = try Self.authority(folder)
        let roots = ["root-p256.pem", "root-rsa.pem", "root-p256-key.pem", "root-rsa-key.pem"]
        let kept = roots.map(folder.bytes)
        var leaf = folder.bytes("server-p256.pem")
        func expectNewLeaf(_ why: String) {
            #expect(folder.bytes("server-p256.pem") != leaf, "\(why)")
            leaf = folder.bytes("server-p256.pem")
            #expect(roots.map(folder.bytes) == kept, "\(why)")
            let verified = folder.shell(
                "openssl verify -no_check_time -x509_strict -CAfile root-p256.pem server-p256.pem")
            #expect(verified == "server-p256.pem: OK\n", "\(why)")
        }
        _ = try Self.authority(folder, names: ["extra.example"])
        expectNewLeaf("a new name")
        _ = try Self.authority(folder, names: ["extra.example"], at: Self.now + 771 * Self.day)
        expectNewLeaf("29 days left")
        folder.shell("rm server-p256.pem")
        leaf = []
        _ = try Self.authority(folder, names: ["extra.example"], at: Self.now + 771 * Self.day)
        expectNewLeaf("no leaf")
    }

    @Test("A lost or damaged root is not covered up")
    func noticesLostRoots() throws {
        let folder = TemporaryFolder()
        _ = try Self.authority(folder)
        folder.shell("rm root-p256.pem root-p256-key.pem")
        let authority = try Self.authority(folder)
        #expect(authority.roots == folder.bytes("root-p256.pem") + folder.bytes("root-rsa.pem"))
        #expect(folder.shell("openssl verify -CAfile root-p256.pem server-p256.pem") == "server-p256.pem: OK\n")
        folder.shell("echo damaged > root-rsa-key.pem")
        #expect(throws: DevelopmentAuthority.Failure.self) { try Self.authority(folder, names: ["extra.example"]) }
        #expect(throws: DevelopmentAuthority.Failure.self) {
            try DevelopmentAuthority(folder: folder.path + "/missing", names: [], machine: "bench", .system)
        }
    }
}
