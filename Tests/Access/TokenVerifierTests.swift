import Testing
import Vocabulary

@testable import Access

@Suite struct TokenVerifierTests {
    private static let keyText = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    private static let expiry: Int64 = 1_893_456_000

    private static func key(_ text: String = keyText) throws -> SymmetricKey { try SymmetricKey(base64: text) }

    private static func authentication(
        _ primary: String = keyText, _ secondary: String = keyText
    ) throws -> Authentication {
        .sas(primary: try key(primary), secondary: try key(secondary))
    }

    private static let other = "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZY="

    private static func signer(
        _ id: String, _ authentication: Authentication, isEnabled: Bool = true, epoch: UInt64 = 1
    ) -> TokenVerifier.Signer {
        TokenVerifier.Signer(
            id: TwinID(trusted: id), authentication: authentication, isEnabled: isEnabled, epoch: epoch)
    }

    private static func verifier(grace: Int = 300) -> TokenVerifier {
        TokenVerifier(policies: .wellKnown, hostNames: HostNames(extra: ["my.hub"]), grace: grace)
    }

    private static func verify(
        _ token: String, _ path: String, _ signers: [TokenVerifier.Signer],
        by verifier: TokenVerifier = TokenVerifierTests.verifier(), at seconds: Int64 = expiry - 10
    ) throws(AccessRefusal) -> Principal {
        let (token, path) = (Array(token.utf8), Array(path.utf8))
        return try token.withUnsafeBytes { token in
            path.withUnsafeBytes { path in
                Result { () throws(AccessRefusal) in
                    try verifier.verify(token, path: path, now: Timestamp(unixSeconds: seconds)) { signers }
                }
            }
        }.get()
    }

    /// The vectors of rest.md section 2.3: the resource as it stands in the token, and the signature.
    static let vectors = [
        ("emu.azure-devices.net", "BR9z9mWaJu/Qams1NqZND2K8nz2FWF/mHg9PvowomoE=", "dev1"),
        ("emu.azure-devices.net%2Fdevices%2Fdev%231", "ciFTEwuRkCxDzYYn1GvNU/oK6iDxxsx6Fm0uZ8GI9cs=", "dev#1"),
        ("emu.azure-devices.net%2fdevices%2fdev%231", "563jytL2ENTjVziKY+7G3BILuEvRr3tGhrQRAQlAJDw=", "dev#1"),
        (
            "emu.azure-devices.net%2Fdevices%2Fdev1%2Fmodules%2Fmod1",
            "99AESozscFhBj/C33uFNIP259CzwIHlSoiwXEXpSasI=", "dev1/mod1"
        ),
        ("emu.azure-devices.net/devices/dev1", "5hHsYJRoKBhNzo28SEb/ad4baHe/P8ubVwnrXAPmpqE=", "dev1"),
        ("localhost%3A8443", "S82VeJ/uWysBysKErSrOWOc6EliEdc5yeDssWsNAbec=", "dev1"),
    ]

    @Test(arguments: vectors)
    func `The vectors verify, whatever the order and spelling of fields`(
        _ resource: String, _ signature: String, _ id: String
    ) throws {
        let twin = TwinID(trusted: id)
        let device = PercentCoding.encode(twin.device)
        let path = "/devices/\(device)" + (twin.module.map { "/modules/\($0)" } ?? "")
        let signers = [Self.signer(id, try Self.authentication())]
        let (sr, se) = ("sr=\(resource)", "se=\(Self.expiry)")
        for sig in ["sig=\(PercentCoding.encode(signature))", "SIG=\(signature)"] {
            for fields in [[sr, sig, se], [se, sig, sr], [sig, se, sr, "skn="]] {
                let token = "SharedAccessSignature " + fields.joined(separator: "&")
                #expect(try Self.verify(token, path, signers) == Principal(twin))
            }
        }
        // Made by our own signer it is the same token, where the resource is encoded as we encode.
        if let plain = PercentCoding.decode(resource), PercentCoding.encode(plain) == resource {
            let own = SASSigner.token(resource: plain, key: try Self.key(), expiry: Self.expiry)
            #expect(own.contains(PercentCoding.encode(signature)))
        }
    }

    private static func token(
        _ resource: String, _ key: String = keyText, policy: String? = nil, expiry: Int64 = expiry
    ) throws -> String {
        SASSigner.token(resource: resource, key: try Self.key(key), expiry: expiry, policy: policy)
    }

    @Test(arguments: [
        ("localhost", "d1", true), ("localhost/devices/d1", "d1", true), ("localhost/devices/D1", "d1", true),
        ("localhost/devices/d1/", "d1", true), ("localhost/devices/d1/api-version=2016-11-14", "d1", true),
        ("LOCALHOST:8443/devices/d1", "d1", true), ("127.0.0.1/devices/d1", "d1", true),
        ("any.azure-devices.net/devices/d1", "d1", true), ("my.hub/devices/d1", "d1", true),
        ("other.hub/devices/d1", "d1", false), ("localhost/devices/d", "d1", false),
        ("localhost/devices/d10", "d1", false), ("localhost/devices/d1/modules/m1", "d1", false),
        ("localhost/devices/d1/modules/m1", "d1/m1", true), ("localhost/devices/d1/modules/m1/x", "d1/m1", true),
        ("localhost/devices/d1", "d1/m1", false), ("localhost", "d1/m1", false),
        ("localhost/devices/d1/modules/m", "d1/m1", false),
    ])
    func `A key signs for its own identity and nothing else`(_ resource: String, _ id: String, _ isGood: Bool) throws {
        let twin = TwinID(trusted: id)
        let path = "/devices/\(twin.device)" + (twin.module.map { "/modules/\($0)" } ?? "")
        let signers = [Self.signer(id, try Self.authentication())]
        let token = try Self.token(resource)
        #expect((try? Self.verify(token, path, signers)) == (isGood ? Principal(twin) : nil))
    }

    @Test(arguments: [
        ("localhost", true), ("localhost/devices", true), ("localhost/devices/d1", true),
        ("localhost/devices/d", false),
        ("localhost/twins", false), ("localhost/devices/d1/modules", false),
    ])
    func `A policy's token covers what lies under its resource, segment by segment`(
        _ resource: String, _ isGood: Bool
    ) throws {
        let owner = try #require(PolicyTable.wellKnown["IoTHubOwner"])
        for key in [owner.primary, owner.secondary] {
            let token = SASSigner.token(resource: resource, key: key, expiry: Self.expiry, policy: "iothubowner")
            let found = try? Self.verify(token, "/devices/d1", [])
            #expect((found != nil) == isGood)
            #expect(found.map { $0.permissions == owner.permissions } ?? true)
            // `/emulator` in front does not count.
            #expect(((try? Self.verify(token, "/emulator/devices/d1", [])) != nil) == isGood)
        }
        let wrong = try Self.token(resource, policy: "iothubowner")
        #expect((try? Self.verify(wrong, "/devices/d1", [])) == nil)
        #expect((try? Self.verify(try Self.token(resource, policy: "nobody"), "/devices/d1", [])) == nil)
    }

    @Test func `Either key is good, and neither after the identity has others`() throws {
        let verifier = Self.verifier()
        let token = try Self.token("localhost/devices/d1")
        let secondary = try Self.authentication(Self.other, Self.keyText)
        #expect((try? Self.verify(token, "/devices/d1", [Self.signer("d1", secondary)], by: verifier)) != nil)
        // Remembered, and still asked for: the epoch is another one now.
        let changed = Self.signer("d1", try Self.authentication(Self.other, Self.other), epoch: 2)
        #expect((try? Self.verify(token, "/devices/d1", [changed], by: verifier)) == nil)
        let disabled = Self.signer("d1", secondary, isEnabled: false)
        #expect((try? Self.verify(token, "/devices/d1", [disabled], by: verifier)) == nil)
    }

    @Test func `A token ends with its grace, remembered or not`() throws {
        let token = try Self.token("localhost/devices/d1")
        let signers = [Self.signer("d1", try Self.authentication())]
        let verifier = Self.verifier(grace: 300)
        for (late, isGood) in [(0, true), (299, true), (301, false), (10_000, false), (100, true)] as [(Int64, Bool)] {
            let found = try? Self.verify(token, "/devices/d1", signers, by: verifier, at: Self.expiry + late)
            #expect((found != nil) == isGood, "\(late)")
        }
    }

    @Test(arguments: [
        "", "SharedAccessSignature", "Bearer x", "SharedAccessSignature sr=localhost&se=1893456000",
        "SharedAccessSignature sr=localhost&sig=AAAA", "SharedAccessSignature sig=AAAA&se=1893456000",
        "SharedAccessSignature sr=localhost&sig=%%%&se=1893456000",
        "SharedAccessSignature sr=localhost&sig=AAAA&se=soon",
        "SharedAccessSignature sr=localhost&sr=localhost&sig=AAAA&se=1893456000",
        "sharedaccesssignature sr=localhost&sig=AAAA&se=1893456000",
    ])
    func `What is no token is refused`(_ token: String) throws {
        let signers = [Self.signer("d1", try Self.authentication())]
        #expect(throws: AccessRefusal.self) { try Self.verify(token, "/devices/d1", signers) }
    }

    @Test func `Only identities that authenticate by key sign`() throws {
        let token = try Self.token("localhost/devices/d1")
        for authentication in [Authentication.certificateAuthority, .none, .selfSigned(primary: nil, secondary: nil)] {
            #expect(throws: AccessRefusal.self) {
                try Self.verify(token, "/devices/d1", [Self.signer("d1", authentication)])
            }
        }
    }

    @Test func `Policies are read back as they were written`() throws {
        let made = PolicyTable.generated(.system)
        let read = try PolicyTable(text: made.text)
        #expect(read.policies == made.policies)
        #expect(throws: HubError.self) { try PolicyTable(text: "service a b\n") }
    }
}
