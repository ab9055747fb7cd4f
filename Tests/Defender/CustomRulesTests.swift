import JSON
import Testing
import Vocabulary

@testable import Defender

@Suite("Custom alerts of device security groups (defender.md section 6.6)")
struct CustomRulesTests {
    typealias Device = DeviceFindingsTests

    /// A device whose group has this one rule; an agent is there, so that nothing else is found.
    static func device(_ kind: String, _ rule: String) throws -> DeviceFindings {
        var device = DeviceFindings()
        _ = device.observe(Device.twin(""), at: Device.start)
        let group = try SecurityGroupTests.group(#""\#(kind)":[{"isEnabled":true,\#(rule)}]"#)
        #expect(device.follow(group, at: Device.start).isEmpty)
        return device
    }

    static func told(_ device: inout DeviceFindings, _ evidence: Evidence, _ seconds: Double) -> [String] {
        Device.told(device.observe(evidence, at: Device.start.adding(seconds: seconds)))
            .filter { $0.contains("IoT_CA_") }
    }

    static let counted: [(CustomAlertRule, Evidence)] =
        Evidence.Transport.allCases.flatMap { transport in
            ["C2DMessages", "C2DRejectedMessages", "D2CMessages"].enumerated().compactMap { kind, name in
                let evidence: [Evidence] = [
                    .cloudToDeviceSent(transport), .cloudToDeviceRejected(transport), .deviceToCloud(transport),
                ]
                return CustomAlertRule(rawValue: "\(transport.rawValue)\(name)NotInAllowedRange")
                    .map { ($0, evidence[kind]) }
            }
        } + [
            (.twinUpdates, .twinUpdated), (.directMethodInvokes, .directMethodInvoked),
            (.fileUploads, .fileUploaded), (.queuePurges, .queuePurged),
            (.unauthorizedOperations, .unauthorizedOperation),
            (
                .failedLocalLogins, Device.login("Fail")
            ),
            (
                .activeConnections,
                Device.event("ConnectionCreate", #"[{"RemoteAddress":"10.0.0.1","Direction":"Out"}]"#)
            ),
        ]

    @Test("more than the maximum in the window opens, and the window's end closes", arguments: counted.indices)
    func maximum(row: Int) throws {
        let (rule, evidence) = Self.counted[row]
        var device = try Self.device(
            "timeWindowRules", #""ruleType":"\#(rule.rawValue)","maxThreshold":2,"timeWindowSize":"PT5M""#)
        let name = "IoT_CA_\(rule.rawValue)"
        #expect(Self.told(&device, evidence, 0).isEmpty)
        #expect(Self.told(&device, evidence, 10).isEmpty)
        #expect(Self.told(&device, evidence, 20) == ["opened \(name)"])
        #expect(Self.told(&device, evidence, 30) == ["updated \(name)"])
        #expect(Self.told(&device, .clock, 40).isEmpty)
        #expect(Self.told(&device, .clock, 400) == ["closed \(name)"])
        #expect(Self.told(&device, evidence, 410).isEmpty)
    }

    @Test("every counting rule has its evidence")
    func whole() {
        #expect(Set(Self.counted.map(\.0)) == Set(CustomAlertRule.timeWindowRules))
    }

    @Test("less than the minimum opens after a whole window, and stays for as long as it is so")
    func minimum() throws {
        var device = try Self.device(
            "timeWindowRules",
            #""ruleType":"MqttD2CMessagesNotInAllowedRange","minThreshold":1,"maxThreshold":9,"timeWindowSize":"PT5M""#)
        let name = "IoT_CA_MqttD2CMessagesNotInAllowedRange"
        #expect(Self.told(&device, .clock, 299).isEmpty)
        #expect(Self.told(&device, .clock, 300) == ["opened \(name)"])
        #expect(Self.told(&device, .clock, 3 * 86400).isEmpty)
        #expect(Self.told(&device, .deviceToCloud(.mqtt), 3 * 86400 + 1) == ["closed \(name)"])
    }

    @Test("aggregated connections count by their hits, of either agent's form", arguments: ["17", "\"17\""])
    func hits(count: String) throws {
        var device = try Self.device(
            "timeWindowRules", #""ruleType":"ActiveConnectionsNotInAllowedRange","maxThreshold":16"#)
        let event = Device.event(
            "ConnectionCreate", #"[{"Direction":"In","ExtraDetails":{"HitCount":\#(count)}}]"#)
        #expect(Self.told(&device, event, 1) == ["opened IoT_CA_ActiveConnectionsNotInAllowedRange"])
    }

    @Test("what is not in a list opens", arguments: lists)
    func strangers(rule: String, values: String, event: String, item: String, isAllowed: Bool) throws {
        var device = try Self.device("allowlistRules", #""ruleType":"\#(rule)","allowlistValues":[\#(values)]"#)
        let told = Self.told(&device, Device.event(event, "[\(item)]"), 1)
        #expect(told == (isAllowed ? [] : ["opened IoT_CA_\(rule)"]))
    }

    static let lists: [(String, String, String, String, Bool)] = [
        (
            "ConnectionToIpNotAllowed", #""10.0.0.0/8""#, "ConnectionCreate",
            #"{"Direction":"Out","RemoteAddress":"10.9.9.9"}"#, true
        ),
        (
            "ConnectionToIpNotAllowed", #""10.0.0.0/8""#, "ConnectionCreate",
            #"{"Direction":"Out","RemoteAddress":"203.0.113.9"}"#, false
        ),
        (
            "ConnectionToIpNotAllowed", #""10.0.0.0/8""#, "ConnectionCreate",
            #"{"Direction":"In","RemoteAddress":"203.0.113.9"}"#, true
        ),
        (
            "ConnectionToIpNotAllowed", #""192.168.1.1""#, "NetworkActivity",
            #"{"ipv4_activity":[{"addresses":{"remote_address":3232235777},"common":{"bytes_out":1}}]}"#, true
        ),
        (
            "ConnectionToIpNotAllowed", #""fe80::/16""#, "NetworkActivity",
            #"{"ipv6_activity":[{"addresses":{"remote_address":[4269801472,0,0,1]},"common":{"bytes_out":1}}]}"#, true
        ),
        ("LocalUserNotAllowed", #""root""#, "Login", #"{"UserName":"root","Result":"Success"}"#, true),
        ("LocalUserNotAllowed", #""root""#, "Login", #"{"UserName":"eve","Result":"Success"}"#, false),
        ("LocalUserNotAllowed", #""root""#, "Login", #"{"UserName":"eve","Result":"Fail"}"#, true),
        ("ProcessNotAllowed", #""ls""#, "ProcessCreate", #"{"Executable":"/bin/ls"}"#, true),
        ("ProcessNotAllowed", #""/bin/ls""#, "ProcessCreate", #"{"Executable":"/bin/ls"}"#, true),
        ("ProcessNotAllowed", #""ls""#, "ProcessCreate", #"{"Executable":"/bin/cat"}"#, false),
        ("ProcessNotAllowed", #""a.exe""#, "ProcessCreate", #"{"Executable":"C:\\x\\a.exe"}"#, true),
    ]

    @Test("a rule that is switched off closes its alert and counts no more")
    func off() throws {
        var device = try Self.device(
            "timeWindowRules", #""ruleType":"QueuePurgesNotInAllowedRange","maxThreshold":0"#)
        #expect(Self.told(&device, .queuePurged, 1) == ["opened IoT_CA_QueuePurgesNotInAllowedRange"])
        let changes = device.follow(.empty, at: Device.start.adding(seconds: 2))
        #expect(Device.told(changes) == ["closed IoT_CA_QueuePurgesNotInAllowedRange"])
        #expect(Self.told(&device, .queuePurged, 3).isEmpty)
    }

    @Test("a counted window agrees with counting times one by one, to a part of it")
    func window() {
        var window = CountedWindow(seconds: 300, from: Device.start)
        var times: [Double] = []
        var seconds: Double = 0
        for step in 0..<500 {
            seconds += Double(step * step % 97)
            let now = Device.start.adding(seconds: seconds)
            window.add(1, at: now)
            times.append(seconds)
            let total = window.total(at: now)
            let part = 300 / Double(CountedWindow.parts)
            #expect(
                total <= times.count { $0 > seconds - 300 - part } && total >= times.count { $0 > seconds - 300 + part }
            )
        }
    }
}
