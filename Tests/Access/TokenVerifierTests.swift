import Testing
import Vocabulary

@testable import Access

@Suite struct TokenVerifierTests {
    private static let now: Int64 = 1_893_456_000
    private static let environment = Environment.standing(at: now)

    /// A hub's door with one device, two modules and the default policies; its identities can change under it.
    private final class Door {
        let verifier = TokenVerifier(policies: .wellKnown, hostNames: HostNames(), grace: 300)
        var signers: [TokenVerifier.Signer] = []

        func isOpen(_ token: String, _ path: String, at seconds: Int64 = now) -> Principal? {
            Array(token.utf8).withUnsafeBytes { token in
                Array(path.utf8).withUnsafeBytes { path in
                    try? verifier.verify(token, path: path, now: Timestamp(unixSeconds: seconds)) { signers }
                }
            }
        }
    }

    private static let keys = (0..<4).map { _ in SymmetricKey.generate(environment) }

    private static func signer(
        _ key: String, _ keys: (SymmetricKey, SymmetricKey), isEnabled: Bool = true, epoch: UInt64 = 1
    ) -> TokenVerifier.Signer {
        TokenVerifier.Signer(
            id: TwinID(trusted: key), authentication: .sas(primary: keys.0, secondary: keys.1), isEnabled: isEnabled,
            epoch: epoch)
    }

    private static func token(
        _ resource: String, _ key: SymmetricKey, policy: String? = nil, expiry: Int64 = now + 3600
    ) -> String { SASSigner.token(resource: resource, key: key, expiry: expiry, policy: policy) }

    @Test("Each policy's keys open the hub with the policy's permissions, its name in any case")
    func opensForPolicies() throws {
        let door = Door()
        for policy in PolicyTable.wellKnown.policies {
            for key in [policy.primary, policy.secondary] {
                for name in [policy.name, policy.name.uppercased()] {
                    let principal = try #require(door.isOpen(Self.token("localhost", key, policy: name), "/twins/d"))
                    #expect(principal == Principal(.policy(policy.name), policy.permissions))
                }
            }
            #expect(door.isOpen(Self.token("localhost", Self.keys[0], policy: policy.name), "/twins/d") == nil)
        }
        let owner = PolicyTable.wellKnown.policies[0]
        #expect(door.isOpen(Self.token("localhost", owner.primary, policy: "service"), "/twins/d") == nil)
        #expect(door.isOpen(Self.token("localhost", owner.primary, policy: "nobody"), "/twins/d") == nil)
        #expect(door.isOpen(Self.token("localhost", owner.primary), "/twins/d") == nil)
        #expect(door.isOpen(Self.token("example.com", owner.primary, policy: owner.name), "/twins/d") == nil)
    }

    static let scopes: [(resource: String, path: String, isCovered: Bool)] = [
        ("localhost", "/", true), ("localhost", "/devices/a/b", true), ("localhost/", "/devices", true),
        ("localhost:8443/devices", "/devices", true), ("localhost/devices", "/devices/d1", true),
        ("localhost/devices/", "/devices/d1", true), ("localhost/devices/d1", "/devices/d1/", true),
        ("localhost/Devices/D1", "/devices/d1/messages/events", true),
        ("localhost/devices/d#1", "/devices/d%231", true),
        ("localhost/devices/d1", "/emulator/devices/d1/twin", true),
        ("localhost/devices/d1", "/devices", false), ("localhost/devices/d1", "/devices/d10", false),
        ("localhost/devices/d1", "/devices/d", false), ("localhost/device", "/devices", false),
        ("localhost/devices", "/twins/d1", false), ("localhost/twins/d1", "/emulator/devices/d1/twin", false),
        ("localhost/devices/d1/x", "/devices/d1", false), ("localhost/devices/d1", "/devices/d1%2Fx", false),
        ("localhost//devices", "/devices", false), ("localhost/devices/d1", "/devices/%zz", false),
    ]

    @Test("A policy's resource covers a path by whole segments, without case (auth.md section 1.1)", arguments: scopes)
    func checksScopes(_ sample: (resource: String, path: String, isCovered: Bool)) {
        let owner = PolicyTable.wellKnown.policies[0]
        let token = Self.token(sample.resource, owner.primary, policy: owner.name)
        #expect((Door().isOpen(token, sample.path) != nil) == sample.isCovered)
    }

    static let identityScopes: [(signer: String, resource: String, path: String, isCovered: Bool)] = [
        ("d1", "localhost/devices/d1", "/devices/d1/messages/events", true),
        ("d1", "localhost/devices/D1", "/devices/d1", true),
        // The Defender agent signs for the bare host, old tools for more than the path.
        ("d1", "localhost", "/devices/d1/modules/m1", true),
        ("d1", "localhost/devices/d1/api-version=2016-11-14", "/devices/d1/messages/events", true),
        ("d1/m1", "localhost/devices/d1/modules/m1", "/emulator/devices/d1/modules/m1/twin", true),
        ("d1/m1", "localhost/devices/d1/modules/m1/x", "/devices/d1/modules/m1", true),
        ("d1", "localhost/devices/d2", "/devices/d1", false), ("d1", "localhost/devices/d10", "/devices/d1", false),
        ("d1", "localhost/twins/d1", "/devices/d1", false),
        ("d1/m1", "localhost/devices/d1/modules/m2", "/devices/d1/modules/m1", false),
        ("d1/m1", "localhost/devices/d2/modules/m1", "/devices/d1/modules/m1", false),
        // A module signs for itself, and a device not in a module's name.
        ("d1/m1", "localhost", "/devices/d1/modules/m1", false),
        ("d1/m1", "localhost/devices/d1", "/devices/d1/modules/m1", false),
        ("d1", "localhost/devices/d1/modules/m1", "/devices/d1/modules/m1", false),
    ]

    @Test("An identity's resource is its own (auth.md section 1.1)", arguments: identityScopes)
    func checksIdentityScopes(_ sample: (signer: String, resource: String, path: String, isCovered: Bool)) {
        let door = Door()
        door.signers = [Self.signer(sample.signer, (Self.keys[0], Self.keys[1]))]
        let principal = sample.isCovered ? Principal(TwinID(trusted: sample.signer)) : nil
        #expect(door.isOpen(Self.token(sample.resource, Self.keys[0]), sample.path) == principal)
    }

    @Test("Either key of an identity opens; a disabled one's, or one's that has no keys, does not")
    func opensForIdentities() throws {
        let door = Door()
        let tokens = Self.keys.map { Self.token("localhost/devices/d1", $0) }
        door.signers = [Self.signer("d1", (Self.keys[0], Self.keys[1]))]
        #expect(tokens.map { door.isOpen($0, "/devices/d1") != nil } == [true, true, false, false])
        door.signers = [Self.signer("d1", (Self.keys[2], Self.keys[3]), isEnabled: false)]
        #expect(door.isOpen(tokens[2], "/devices/d1") == nil)
        for authentication in [.selfSigned(primary: nil, secondary: nil), .certificateAuthority, .none]
            as [Authentication]
        {
            door.signers = [.init(id: TwinID(trusted: "d1"), authentication: authentication, isEnabled: true, epoch: 1)]
            #expect(door.isOpen(tokens[2], "/devices/d1") == nil)
        }
        door.signers = []
        #expect(door.isOpen(tokens[2], "/devices/d1") == nil)
    }

    @Test("Of several identities that may stand for a path, the one that signed is who asks")
    func findsTheSigner() {
        let door = Door()
        door.signers = [
            Self.signer("d1", (Self.keys[0], Self.keys[1])), Self.signer("d1/m1", (Self.keys[2], Self.keys[3])),
        ]
        let path = "/devices/d1/modules/m1"
        #expect(door.isOpen(Self.token("localhost", Self.keys[0]), path)?.kind == .device(TwinID(trusted: "d1")))
        #expect(
            door.isOpen(Self.token("localhost/devices/d1/modules/m1", Self.keys[3]), path)?.kind
                == .module(TwinID(trusted: "d1/m1")))
    }

    @Test("A token is good until its expiry and the grace have passed, remembered or not")
    func expires() {
        let owner = PolicyTable.wellKnown.policies[0]
        let token = Self.token("localhost", owner.primary, policy: owner.name, expiry: Self.now)
        for _ in 0..<2 {
            #expect(Door().isOpen(token, "/", at: Self.now + 300) != nil)
            #expect(Door().isOpen(token, "/", at: Self.now + 301) == nil)
        }
        let door = Door()
        for offset in [0, 0, 300, 300] as [Int64] { #expect(door.isOpen(token, "/", at: Self.now + offset) != nil) }
        for offset in [301, 301] as [Int64] { #expect(door.isOpen(token, "/", at: Self.now + offset) == nil) }
    }

    @Test("A remembered token ends when its identity's key changes, or the identity is disabled or deleted")
    func forgetsChangedIdentities() {
        let door = Door()
        let token = Self.token("localhost/devices/d1", Self.keys[0])
        func open() -> Bool { door.isOpen(token, "/devices/d1") != nil }
        door.signers = [Self.signer("d1", (Self.keys[0], Self.keys[1]))]
        #expect(open() && open())
        door.signers = [Self.signer("d1", (Self.keys[2], Self.keys[1]), epoch: 2)]
        #expect(!open() && !open())
        // A change that leaves the key is no end.
        door.signers = [Self.signer("d1", (Self.keys[0], Self.keys[2]), epoch: 3)]
        #expect(open() && open())
        door.signers = [Self.signer("d1", (Self.keys[0], Self.keys[2]), isEnabled: false, epoch: 4)]
        #expect(!open())
        door.signers = [Self.signer("d1", (Self.keys[0], Self.keys[2]), epoch: 5)]
        #expect(open())
        door.signers = []
        #expect(!open())
    }

    @Test("A remembered token covers no more than before")
    func remembersScopes() {
        let door = Door()
        let owner = PolicyTable.wellKnown.policies[0]
        let token = Self.token("localhost/devices/d1", owner.primary, policy: owner.name)
        #expect(door.isOpen(token, "/devices/d1") != nil)
        #expect(door.isOpen(token, "/devices/d2") == nil)
        #expect(door.isOpen(token, "/devices/d1") != nil)
        door.signers = [
            Self.signer("d2", (Self.keys[0], Self.keys[1])), Self.signer("d1", (Self.keys[0], Self.keys[1])),
        ]
        let own = Self.token("localhost/devices/d1", Self.keys[0])
        #expect(door.isOpen(own, "/devices/d1") == Principal(TwinID(trusted: "d1")))
        door.signers.removeLast()
        #expect(door.isOpen(own, "/devices/d2") == nil)
    }

    @Test("More tokens than are remembered are each told apart")
    func remembersWithinBounds() {
        let door = Door()
        let owner = PolicyTable.wellKnown.policies[0]
        let tokens = (0..<Int64(TokenVerifier.capacity) + 500).map {
            Self.token("localhost", owner.primary, policy: owner.name, expiry: Self.now + $0)
        }
        for _ in 0..<2 {
            #expect(tokens.allSatisfy { door.isOpen($0, "/") != nil })
            #expect(tokens.allSatisfy { door.isOpen($0 + "0", "/") == nil })
        }
        let open = tokens.count { door.isOpen($0, "/", at: Self.now + 300 + 100) != nil }
        #expect(open == tokens.count - 100)
    }
}
