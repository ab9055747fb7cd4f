import Defender
import JSON
import Testing
import Vocabulary

@testable import Hub

/// Device security groups as hub state (defender.md section 6.6).
struct SecurityGroupTests {
    private func group(_ maximum: Int) throws -> SecurityGroup {
        try SecurityGroup(
            reading: JSONDocument(
                parsing: """
                    {"properties":{"timeWindowRules":[{"ruleType":"TwinUpdatesNotInAllowedRange","isEnabled":true,\
                    "minThreshold":0,"maxThreshold":\(maximum),"timeWindowSize":"PT1H"}],
                    "allowlistRules":[{"ruleType":"ConnectionToIpNotAllowed","isEnabled":true,\
                    "allowlistValues":["10.0.0.0/8","fd00::/8"]}]}}
                    """
            ).root)
    }

    @discardableResult
    private func put(
        _ it: HubOnALog, _ name: String, _ group: SecurityGroup, _ precondition: Precondition = .none
    ) throws -> (group: RegisteredSecurityGroup, isNew: Bool) {
        guard
            case .securityGroup(let group, let isNew) = it.execute(
                .putSecurityGroup(try SecurityGroupName(name), group, precondition))
        else { throw HubOnALog.Unexpected() }
        return (group, isNew)
    }

    private func names(_ it: HubOnALog) -> [String] { it.hub.securityGroups.map(\.name.description) }

    @Test(arguments: Restart.allCases)
    func `Groups outlive the hub whole, and deleted ones stay deleted`(way: Restart) throws {
        let it = try HubOnALog()
        #expect(names(it) == ["default"])
        #expect(try put(it, "Cameras", group(1)).isNew)
        #expect(try put(it, "a", group(2)).isNew)
        #expect(try !put(it, "DEFAULT", group(3)).isNew)
        #expect(names(it) == ["a", "Cameras", "default"])
        let before = it.hub.securityGroups
        try it.restart(way)
        #expect(it.hub.securityGroups == before)
        for name in ["CAMERAS", "default"] {
            guard case .done = it.execute(.deleteSecurityGroup(try SecurityGroupName(name), .none)) else {
                throw HubOnALog.Unexpected()
            }
        }
        try it.restart(way)
        #expect(names(it) == ["a", "default"])
        #expect(it.hub.securityGroup(.default)?.group == .empty)
    }

    @Test(arguments: [ResetTarget.empty, .seed])
    func `A reset leaves the built-in one alone, since a new folder with that seed has no other`(
        target: ResetTarget
    ) throws {
        let it = try HubOnALog()
        try put(it, "a", group(1))
        try put(it, "default", group(1))
        it.execute(.reset(target))
        #expect(names(it) == ["default"])
        try it.restart()
        #expect(it.hub.securityGroups == [.builtIn])
    }

    @Test func `A group is replaced whatever its ETag, or only if it is the one that is named`() throws {
        let it = try HubOnALog()
        let first = try put(it, "a", group(1)).group
        let second = try put(it, "A", group(2))
        #expect(!second.isNew && second.group.etag != first.etag)
        #expect(second.group.name.description == "a")
        let name = try SecurityGroupName("a")
        func refusal(_ precondition: Precondition, _ name: SecurityGroupName) throws -> ErrorCode? {
            it.refusal(of: .putSecurityGroup(name, try group(3), precondition))?.code
        }
        #expect(try refusal(.matching([first.etag]), name) == .preconditionFailed)
        #expect(try refusal(.any, SecurityGroupName("b")) == .preconditionFailed)
        #expect(it.refusal(of: .deleteSecurityGroup(name, .matching([first.etag])))?.code == .preconditionFailed)
        #expect(it.refusal(of: .deleteSecurityGroup(try SecurityGroupName("b"), .any))?.code == .preconditionFailed)
        let events = try it.records().count
        // The same again is no change.
        #expect(try put(it, "a", group(2), .matching([second.group.etag])).group == second.group)
        #expect(try it.records().count == events)
        // The built-in one has an ETag before it is written.
        let builtIn = try #require(it.hub.securityGroup(.default))
        #expect(try !put(it, "default", group(1), .matching([builtIn.etag])).isNew)
    }

    @Test func `What is made anew has another ETag than what was deleted`() throws {
        let it = try HubOnALog()
        let first = try put(it, "a", group(1)).group
        it.execute(.deleteSecurityGroup(try SecurityGroupName("a"), .none))
        it.clock.advance(seconds: 1)
        #expect(try put(it, "a", group(1)).group.etag != first.etag)
    }

    @Test func `A hub holds so many groups, and names have a form`() throws {
        var limits = HubLimits()
        limits.securityGroups = 2
        let it = try HubOnALog(limits)
        try put(it, "a", group(1))
        try put(it, "b", group(1))
        #expect(
            it.refusal(of: .putSecurityGroup(try SecurityGroupName("c"), try group(1), .none))?.code
                == .invalidOperation)
        try put(it, "b", group(2))
        for name in ["", "a/b", "a b", "ä", String(repeating: "a", count: 65)] {
            #expect(throws: HubError.self) { try SecurityGroupName(name) }
        }
    }

    @Test func `Nothing is left of a delete that had nothing to do`() throws {
        let it = try HubOnALog()
        for name in ["a", "default"] {
            guard case .unchanged = it.execute(.deleteSecurityGroup(try SecurityGroupName(name), .none)) else {
                throw HubOnALog.Unexpected()
            }
        }
        #expect(try it.records().isEmpty)
    }
}
