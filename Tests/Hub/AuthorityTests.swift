import Access
import Testing
import Vocabulary

@testable import Hub

/// Certificate authorities as hub state (auth.md section 5).
struct AuthorityTests {
    private let factory = AuthorityName(trusted: "factory")
    private let other = AuthorityName(trusted: "other")

    private func put(
        _ it: HubOnALog, _ name: AuthorityName, _ certificate: AuthorityCertificate = SampleAuthorities.one,
        isVerified: Bool = false, _ precondition: Precondition = .none
    ) throws -> RegisteredAuthority {
        guard
            case .authority(let authority) = it.execute(
                .putAuthority(name, certificate, isVerified: isVerified, precondition))
        else { throw HubOnALog.Unexpected() }
        return authority
    }

    private func challenge(_ it: HubOnALog, _ name: AuthorityName) throws -> RegisteredAuthority {
        guard case .authority(let authority) = it.execute(.challengeAuthority(name, .none)) else {
            throw HubOnALog.Unexpected()
        }
        return authority
    }

    @Test(arguments: Restart.allCases)
    func `Authorities outlive the hub with their codes, and deleted ones stay deleted`(way: Restart) throws {
        let it = try HubOnALog()
        _ = try put(it, other, SampleAuthorities.two)
        let created = try put(it, factory, isVerified: true)
        it.clock.advance(seconds: 5)
        let challenged = try challenge(it, factory)
        #expect(challenged.created == created.created && challenged.updated == it.clock.now)
        #expect(challenged.verificationCode?.count == 40)
        #expect(it.hub.authorities.map(\.name) == [factory, other])
        let before = it.hub.authorities
        try it.restart(way)
        #expect(it.hub.authorities == before)
        guard case .done = it.execute(.deleteAuthority(other, .none)) else { throw HubOnALog.Unexpected() }
        try it.restart(way)
        #expect(it.hub.authorities == [challenged])
    }

    @Test(arguments: [ResetTarget.empty, .seed])
    func `A reset leaves none, since a new folder with that seed has none`(target: ResetTarget) throws {
        let it = try HubOnALog()
        _ = try put(it, factory, isVerified: true)
        it.execute(.reset(target))
        #expect(it.hub.authorities == [])
        try it.restart()
        #expect(it.hub.authorities == [])
        #expect(try put(it, factory).isVerified == false)
    }

    @Test func `Another certificate under the name is unverified, the same one keeps its state`() throws {
        let it = try HubOnALog()
        _ = try put(it, factory, isVerified: true)
        #expect(try put(it, factory, SampleAuthorities.one, .any).isVerified)
        #expect(try !put(it, factory, SampleAuthorities.two, .any).isVerified)
        #expect(try put(it, factory, SampleAuthorities.two, isVerified: true, .any).isVerified)
        _ = try challenge(it, factory)
        #expect(try put(it, factory, SampleAuthorities.one, .any).verificationCode == nil)
    }

    @Test func `Every change has an etag of its own, and a stale one changes nothing`() throws {
        let it = try HubOnALog()
        let created = try put(it, factory)
        let changed = try challenge(it, factory)
        #expect(changed.etag != created.etag)
        let stale = Precondition.matching([created.etag])
        let refused: [Command] = [
            .putAuthority(factory, SampleAuthorities.one, isVerified: true, stale), .deleteAuthority(factory, stale),
            .putAuthority(factory, SampleAuthorities.one, isVerified: true, .none),
            .challengeAuthority(factory, stale), .verifyAuthority(factory, proof: [], stale),
        ]
        for command in refused { #expect(it.refusal(of: command)?.code == .preconditionFailed) }
        #expect(it.hub.authorities == [changed])
        #expect(it.refusal(of: .deleteAuthority(factory, .matching([changed.etag]))) == nil)
        #expect(it.hub.authorities == [])
    }

    @Test func `What is not there, there already, or too much is refused`() throws {
        var limits = HubLimits()
        #expect(limits.certificateAuthorities == 25)
        limits.certificateAuthorities = 1
        let it = try HubOnALog(limits)
        for command in [
            Command.deleteAuthority(factory, .none), .challengeAuthority(factory, .none),
            .verifyAuthority(factory, proof: [], .none),
            .putAuthority(factory, SampleAuthorities.one, isVerified: false, .any),
        ] { #expect(it.refusal(of: command)?.code == .certificateNotFound) }
        let only = try put(it, factory)
        let twice = Command.putAuthority(other, SampleAuthorities.one, isVerified: true, .none)
        #expect(it.refusal(of: twice)?.code == .genericConflict)
        let tooMuch = Command.putAuthority(other, SampleAuthorities.two, isVerified: true, .none)
        #expect(it.refusal(of: tooMuch)?.code == .invalidOperation)
        #expect(it.hub.authorities == [only])
    }

    @Test func `A proof that is none leaves the authority as it is`() throws {
        let it = try HubOnALog()
        _ = try put(it, factory)
        let proof = SampleAuthorities.two.der
        #expect(it.refusal(of: .verifyAuthority(factory, proof: proof, .none))?.code == .invalidOperation)
        let challenged = try challenge(it, factory)
        for bytes in [proof, SampleAuthorities.one.der, [], [1, 2, 3]] {
            #expect(it.refusal(of: .verifyAuthority(factory, proof: bytes, .none))?.code == .argumentInvalid)
        }
        #expect(it.hub.authorities == [challenged])
    }

    @Test(arguments: [("a", true), ("A-1._z", true), ("", false), ("a b", false), ("a/b", false), ("ü", false)])
    func `Names are of letters, digits and a few signs`(text: String, isGood: Bool) {
        #expect(((try? AuthorityName(text)) != nil) == isGood)
        #expect((try? AuthorityName(String(repeating: "a", count: 64))) != nil)
        #expect((try? AuthorityName(String(repeating: "a", count: 65))) == nil)
    }
}
