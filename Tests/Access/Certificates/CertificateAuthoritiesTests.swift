import Testing
import Vocabulary

@testable import Access

/// Who gets in by a chain to an authority (auth.md section 5).
@Suite struct CertificateAuthoritiesTests {
    private let workshop = CertificateWorkshop()
    private let device = TwinID(trusted: "press-1")

    private func authorities(_ ders: [UInt8]..., isVerified: Bool = true) throws -> CertificateAuthorities {
        CertificateAuthorities(
            try ders.enumerated().map {
                CertificateAuthorities.Member(
                    name: "authority-\($0.offset)", certificate: try AuthorityCertificate(der: $0.element),
                    isVerified: isVerified)
            })
    }

    /// Nil where the chain is good, else why it is not.
    private func refusal(
        _ authorities: CertificateAuthorities, _ chain: [[UInt8]], of id: TwinID? = nil, at time: Timestamp? = nil
    ) -> String? {
        do throws(AccessRefusal) {
            try authorities.check(chain, standsFor: id ?? device, at: time ?? Environment.system.now())
            return nil
        } catch {
            return error.description
        }
    }

    @Test("What a registered root has signed gets in, and what another has signed does not")
    func rootSigned() throws {
        let root = workshop.root("root", subject: "/CN=Factory")
        let leaf = workshop.issue("leaf", subject: "/O=Factory/CN=press-1", by: "root")
        let other = workshop.root("other", subject: "/CN=Somebody else")
        #expect(refusal(try authorities(root), [leaf]) == nil)
        #expect(refusal(try authorities(other, root), [leaf]) == nil)
        #expect(refusal(try authorities(other), [leaf])?.contains("no registered authority") == true)
        #expect(refusal(CertificateAuthorities(), [leaf]) != nil)
        #expect(refusal(try authorities(root), []) != nil)
    }

    @Test("The client's intermediates lead to a registered root; without them it is not found")
    func throughIntermediates() throws {
        let root = workshop.root("root", subject: "/CN=Factory")
        let hall = workshop.issue("hall", subject: "/CN=Hall 1", by: "root", section: "authority")
        let line = workshop.issue("line", subject: "/CN=Line 4", by: "hall", section: "authority")
        let leaf = workshop.issue("leaf", subject: "/CN=press-1", by: "line")
        let known = try authorities(root)
        #expect(refusal(known, [leaf, line, hall]) == nil)
        #expect(refusal(known, [leaf, hall, line, root]) == nil)
        #expect(refusal(known, [leaf, line]) != nil)
        #expect(refusal(known, [leaf]) != nil)
    }

    @Test("A registered intermediate is enough by itself, and stands only for what it has signed")
    func intermediateRegistered() throws {
        let root = workshop.root("root", subject: "/CN=Factory")
        let hall = workshop.issue("hall", subject: "/CN=Hall 1", by: "root", section: "authority")
        let leaf = workshop.issue("leaf", subject: "/CN=press-1", by: "hall")
        let sibling = workshop.issue("sibling", subject: "/CN=press-1", by: "root")
        let known = try authorities(hall)
        for chain in [[leaf], [leaf, hall], [leaf, hall, root]] { #expect(refusal(known, chain) == nil) }
        #expect(refusal(known, [sibling]) != nil)
        #expect(refusal(known, [sibling, root]) != nil)
    }

    @Test(
        "The common name is the identity's, letter by letter",
        arguments: [
            ("press-1", "press-1", true), ("press-1", "Press-1", false), ("press-1", "press-10", false),
            ("press-1", "press", false), ("press-1/sensor", "press-1/sensor", true),
            ("press-1", "press-1/sensor", false), ("press-1/sensor", "press-1", false),
            ("press-1/sensor", "press-1/Sensor", false), ("press-1/sensor", "sensor", false),
            // Equal to Unicode, and other letters: the Kelvin sign, the Greek question mark.
            ("\u{212A}iln", "Kiln", false), ("press;1", "press;1", true), ("press\u{37E}1", "press;1", false),
        ])
    func names(common: String, id: String, isGood: Bool) throws {
        let root = workshop.root("root", subject: "/CN=Factory")
        let subject = "/CN=" + common.split(separator: "/").joined(separator: "\\/")
        let leaf = workshop.issue("leaf", subject: subject, by: "root")
        #expect(ClientCertificate(der: leaf)?.commonName == common)
        #expect((refusal(try authorities(root), [leaf], of: TwinID(trusted: id)) == nil) == isGood)
    }

    @Test("A certificate without a common name is nobody's")
    func nameless() throws {
        let root = workshop.root("root", subject: "/CN=Factory")
        let leaf = workshop.issue("leaf", subject: "/O=press-1", by: "root")
        #expect(refusal(try authorities(root), [leaf]) != nil)
    }

    @Test("Every certificate of the chain has to be valid at the time", arguments: ["leaf", "hall", "root"])
    func dates(shortest: String) throws {
        func days(_ name: String) -> Int { name == shortest ? 10 : 30 }
        let root = workshop.root("root", subject: "/CN=Factory", days: days("root"))
        let hall = workshop.issue("hall", subject: "/CN=Hall 1", by: "root", days: days("hall"), section: "authority")
        let leaf = workshop.issue("leaf", subject: "/CN=press-1", by: "hall", days: days("leaf"))
        let first = try #require(
            ["leaf": leaf, "hall": hall, "root": root][shortest].flatMap { ClientCertificate(der: $0) })
        let newest = try #require(ClientCertificate(der: leaf)).notBefore
        for (seconds, isGood) in [
            (newest, true), (first.notAfter - 1, true), (first.notAfter + 1, false), (newest - 86400, false),
        ] {
            let problem = refusal(try authorities(root), [leaf, hall], at: Timestamp(unixSeconds: seconds))
            #expect((problem == nil) == isGood, "\(seconds): \(problem ?? "good")")
        }
    }

    @Test("An authority that is not verified lets nobody in, and the log says that it is known")
    func unverified() throws {
        let root = workshop.root("root", subject: "/CN=Factory")
        let leaf = workshop.issue("leaf", subject: "/CN=press-1", by: "root")
        let problem = refusal(try authorities(root, isVerified: false), [leaf])
        #expect(problem?.contains("'authority-0' is registered and not verified") == true)
    }

    @Test(
        "A pretender with the authority's name gets nobody in, whatever it sends along",
        arguments: ["authority", "bare-authority"])
    func pretender(section: String) throws {
        let root = workshop.root("root", subject: "/CN=Factory", section: section)
        let forged = workshop.root("false", subject: "/CN=Factory", section: section)
        let leaf = workshop.issue("leaf", subject: "/CN=press-1", by: "false")
        let selfMade = workshop.root("self", subject: "/CN=press-1", section: "leaf")
        let known = try authorities(root)
        for chain in [[leaf], [leaf, forged], [leaf, root], [leaf, forged, root], [selfMade], [selfMade, root]] {
            #expect(refusal(known, chain) != nil)
        }
    }

    @Test("Authorities of one name, as after a renewal with a new key, each stand for their own")
    func renewed() throws {
        let old = workshop.root("old", subject: "/CN=Factory", section: "bare-authority")
        let new = workshop.root("new", subject: "/CN=Factory", section: "bare-authority")
        for name in ["old", "new"] {
            let leaf = workshop.issue("leaf-\(name)", subject: "/CN=press-1", by: name)
            #expect(refusal(try authorities(old, new), [leaf]) == nil)
            #expect(refusal(try authorities(new, old), [leaf]) == nil)
        }
    }

    @Test("A device's certificate signs for no other device")
    func leafAsIssuer() throws {
        let root = workshop.root("root", subject: "/CN=Factory")
        let device = workshop.issue("device", subject: "/CN=press-9", by: "root")
        let leaf = workshop.issue("leaf", subject: "/CN=press-1", by: "device")
        #expect(refusal(try authorities(root), [leaf, device]) != nil)
    }

    @Test("Extended key usage does not count")
    func extendedKeyUsage() throws {
        let root = workshop.root("root", subject: "/CN=Factory")
        let leaf = workshop.issue("leaf", subject: "/CN=press-1", by: "root", section: "server")
        #expect(refusal(try authorities(root), [leaf]) == nil)
    }

    @Test("A chain has a length that nobody exceeds")
    func length() throws {
        let root = workshop.root("root", subject: "/CN=Factory")
        let leaf = workshop.issue("leaf", subject: "/CN=press-1", by: "root")
        let most = CertificateAuthorities.maximumIntermediates
        #expect(refusal(try authorities(root), [leaf] + Array(repeating: root, count: most)) == nil)
        #expect(refusal(try authorities(root), [leaf] + Array(repeating: root, count: most + 1)) != nil)
    }
}
