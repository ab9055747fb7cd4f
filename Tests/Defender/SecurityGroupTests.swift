import JSON
import Testing

@testable import Defender

@Suite("Device security groups (defender.md section 6.6)")
struct SecurityGroupTests {
    static func group(_ properties: String) throws -> SecurityGroup {
        try SecurityGroup(reading: try Examples.json("{\"properties\":{\(properties)}}"))
    }

    static func written(_ group: SecurityGroup) throws -> JSONValue {
        var json = JSONWriter()
        group.write(to: &json, id: "/subscriptions/s/g", name: "g")
        return try JSONDocument(parsing: json.bytes).root
    }

    @Test("a body without rules is filled up with every rule at its default")
    func defaults() throws {
        for body in ["{}", "{\"properties\":{}}", "{\"properties\":{\"timeWindowRules\":null}}"] {
            let group = try SecurityGroup(reading: try Examples.json(body))
            #expect(group == .empty)
        }
        let json = try Self.written(.empty)
        #expect(json["id"]?.string == "/subscriptions/s/g" && json["name"]?.string == "g")
        #expect(json["type"]?.string == "Microsoft.Security/deviceSecurityGroups")
        let windows = try #require(json["properties"]?["timeWindowRules"])
        #expect(windows.count == 16)
        for rule in windows.elements {
            #expect(rule["isEnabled"]?.bool == false && rule["timeWindowSize"]?.string == "PT15M")
            #expect(rule["minThreshold"]?.int == 0 && rule["maxThreshold"]?.int == 0)
            #expect(rule["displayName"]?.string?.hasPrefix("Number of ") == true)
        }
        let lists = try #require(json["properties"]?["allowlistRules"])
        #expect(
            lists.elements.map { "\($0["ruleType"]?.string ?? "") \($0["valueType"]?.string ?? "")" } == [
                "ConnectionToIpNotAllowed IpCidr", "LocalUserNotAllowed String", "ProcessNotAllowed String",
            ])
        #expect(lists.elements.allSatisfy { $0["allowlistValues"]?.count == 0 })
        #expect(json["properties"]?["denylistRules"]?.count == 0 && json["properties"]?["thresholdRules"]?.count == 0)
    }

    @Test("the rule types are the documented ones: seven counters, three by three by transport, three lists")
    func types() {
        let ofHub = ["Amqp", "Mqtt", "Http"].flatMap { transport in
            ["C2DMessages", "C2DRejectedMessages", "D2CMessages"].map { "\(transport)\($0)NotInAllowedRange" }
        }
        let others = [
            "ActiveConnections", "FailedLocalLogins", "TwinUpdates", "DirectMethodInvokes", "FileUploads",
            "QueuePurges",
            "UnauthorizedOperations",
        ].map { $0 + "NotInAllowedRange" }
        #expect(Set(CustomAlertRule.timeWindowRules.map(\.rawValue)) == Set(ofHub + others))
        for transport in Evidence.Transport.allCases {
            let evidence: [Evidence] = [
                .cloudToDeviceSent(transport), .cloudToDeviceRejected(transport), .deviceToCloud(transport),
            ]
            let names = evidence.compactMap { CustomAlertRule(counting: $0)?.rawValue }
            #expect(names == ofHub.filter { $0.hasPrefix(transport.rawValue) })
        }
    }

    @Test("what is given is kept and written back")
    func roundTrip() throws {
        let group = try Self.group(
            #""timeWindowRules":[{"ruleType":"TwinUpdatesNotInAllowedRange","isEnabled":true,"minThreshold":1,"#
                + #""maxThreshold":30,"timeWindowSize":"PT5M","displayName":"x"}],"#
                + #""allowlistRules":[{"ruleType":"ConnectionToIpNotAllowed","isEnabled":true,"#
                + #""allowlistValues":["10.0.0.0/8","::1"]}]"#)
        let json = try Self.written(group)
        let rule = try #require(
            json["properties"]?["timeWindowRules"]?.elements.first { $0["isEnabled"]?.bool == true })
        #expect(rule["ruleType"]?.string == "TwinUpdatesNotInAllowedRange" && rule["maxThreshold"]?.int == 30)
        #expect(rule["minThreshold"]?.int == 1 && rule["timeWindowSize"]?.string == "PT5M")
        #expect(try SecurityGroup(reading: json) == group)
    }

    @Test("what is kept of a group is what differs from the defaults, and reads back to the same")
    func record() throws {
        for (properties, kept) in [
            ("", #"{"timeWindowRules":[],"allowlistRules":[]}"#),
            (
                // The window as the service's own example has it.
                Self.rule("timeWindowSize", "\"PT05M\""),
                #"{"timeWindowRules":[{"ruleType":"TwinUpdatesNotInAllowedRange","isEnabled":false,"minThreshold":0,"#
                    + #""maxThreshold":0,"timeWindowSize":"PT05M"}],"allowlistRules":[]}"#
            ),
            (
                #""allowlistRules":[{"ruleType":"ProcessNotAllowed","isEnabled":false,"allowlistValues":["/bin/ls"]}]"#,
                #"{"timeWindowRules":[],"allowlistRules":[{"ruleType":"ProcessNotAllowed","isEnabled":false,"#
                    + #""allowlistValues":["/bin/ls"]}]}"#
            ),
        ] {
            let group = try Self.group(properties)
            var json = JSONWriter()
            group.writeSettings(to: &json)
            let text = String(decoding: json.bytes, as: UTF8.self)
            #expect(text == kept)
            #expect(try SecurityGroup(reading: Examples.json("{\"properties\":\(text)}")) == group)
        }
    }

    static func rule(_ member: String, _ value: String) -> String {
        #""timeWindowRules":[{"ruleType":"TwinUpdatesNotInAllowedRange","isEnabled":false,"\#(member)":\#(value)}]"#
    }

    @Test("a minimum shows where nothing is seen, of an enabled rule only")
    func minimum() throws {
        let rule = #""ruleType":"TwinUpdatesNotInAllowedRange","minThreshold":1,"maxThreshold":2"#
        #expect(try Self.group(#""timeWindowRules":[{\#(rule),"isEnabled":true}]"#).hasMinimum)
        #expect(try !Self.group(#""timeWindowRules":[{\#(rule),"isEnabled":false}]"#).hasMinimum)
        #expect(!SecurityGroup.empty.hasMinimum)
    }

    @Test("a device's group is its own tag's, then its module's, in any case", arguments: tags)
    func membership(twins: [String], name: String?) throws {
        #expect(SecurityGroup.name(inTags: try twins.map(Examples.json)) == name)
    }

    static let tags: [([String], String?)] = [
        ([], nil), (["{}", "{}"], nil), ([#"{"SecurityGroup":"a"}"#], "a"), ([#"{"securityGroup":"a"}"#], "a"),
        ([#"{"SECURITYGROUP":"a"}"#, #"{"securityGroup":"b"}"#], "a"), (["{}", #"{"securityGroup":"b"}"#], "b"),
        ([#"{"SecurityGroup":1}"#, #"{"securityGroup":"b"}"#], "b"), ([#"{"Group":"a"}"#], nil),
    ]

    @Test("suites that are strong, and ones to be upgraded", arguments: suites)
    func cipher(name: String, isStrong: Bool) { #expect(CipherSuites.isStrong(name) == isStrong) }

    static let suites: [(String, Bool)] = [
        ("TLS_AES_256_GCM_SHA384", true), ("ECDHE-RSA-AES128-GCM-SHA256", true),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", true), ("ECDHE-RSA-AES256-SHA384", true),
        ("ECDHE-RSA-AES128-SHA", false), ("AES128-GCM-SHA256", false), ("DHE-RSA-AES128-SHA256", false),
    ]

    @Test("what is none is refused with its place", arguments: refused)
    func refusals(properties: String, path: String) throws {
        let body = try Examples.json("{\"properties\":\(properties)}")
        let error = #expect(throws: SecurityGroupError.self) { try SecurityGroup(reading: body) }
        #expect(error?.path == path)
    }

    static func window(_ members: String) -> String {
        #"{"timeWindowRules":[{"ruleType":"QueuePurgesNotInAllowedRange","isEnabled":true\#(members)}]}"#
    }

    static func list(_ type: String, _ values: String) -> String {
        #"{"allowlistRules":[{"ruleType":"\#(type)","isEnabled":true,"allowlistValues":\#(values)}]}"#
    }

    static let refused: [(String, String)] = [
        ("1", "properties"),
        (#"{"timeWindowRules":{}}"#, "properties.timeWindowRules"),
        (#"{"timeWindowRules":[1]}"#, "properties.timeWindowRules[0]"),
        (#"{"timeWindowRules":[{"isEnabled":true}]}"#, "properties.timeWindowRules[0].ruleType"),
        (
            #"{"timeWindowRules":[{"ruleType":"ProcessNotAllowed","isEnabled":true}]}"#,
            "properties.timeWindowRules[0].ruleType"
        ),
        (#"{"denylistRules":[{"ruleType":"X","isEnabled":true}]}"#, "properties.denylistRules[0].ruleType"),
        (
            #"{"allowlistRules":[{"ruleType":"ProcessNotAllowed"}]}"#, "properties.allowlistRules[0].isEnabled"
        ),
        (window(#","minThreshold":"1""#), "properties.timeWindowRules[0].minThreshold"),
        (window(#","maxThreshold":-1"#), "properties.timeWindowRules[0].maxThreshold"),
        (window(#","minThreshold":2,"maxThreshold":1"#), "properties.timeWindowRules[0].maxThreshold"),
        (window(#","timeWindowSize":"15 minutes""#), "properties.timeWindowRules[0].timeWindowSize"),
        (window(#","timeWindowSize":"PT0S""#), "properties.timeWindowRules[0].timeWindowSize"),
        (list("ProcessNotAllowed", "{}"), "properties.allowlistRules[0].allowlistValues"),
        (list("ProcessNotAllowed", "[1]"), "properties.allowlistRules[0].allowlistValues[0]"),
        (list("ConnectionToIpNotAllowed", #"["10.0.0.0/33"]"#), "properties.allowlistRules[0].allowlistValues[0]"),
        (
            list("ProcessNotAllowed", "[" + Array(repeating: "\"a\"", count: 1001).joined(separator: ",") + "]"),
            "properties.allowlistRules[0].allowlistValues"
        ),
    ]

    @Test("a range holds what is in it, of its own family", arguments: ranges)
    func contains(range: String, address: String, holds: Bool) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try #require(AddressRange(address))) == holds)
    }

    static let ranges: [(String, String, Bool)] = [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.2.3", "10.1.2.3", true),
        ("10.1.2.3", "10.1.2.4", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
        ("10.0.0.128/25", "10.0.0.127", false), ("10.0.0.128/25", "10.0.0.200", true),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
    ]

    @Test("what is no range", arguments: ["", "10.0.0", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/-1", "::/129", "a/8"])
    func noRange(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
