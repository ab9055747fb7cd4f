import JSON
import Testing
import Vocabulary

@testable import Defender

@Suite("What is found about a device (defender.md section 6)")
struct DeviceFindingsTests {
    static let start = Timestamp(unixSeconds: 1_577_965_166)

    /// What happens, so many seconds after the start, and the changes that follow.
    struct Step: Sendable {
        let seconds: Double
        let evidence: Evidence
        let changes: [String]

        init(_ seconds: Double, _ evidence: Evidence, _ changes: [String] = []) {
            self.seconds = seconds
            self.evidence = evidence
            self.changes = changes
        }
    }

    struct Story: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]

        init(_ name: String, _ steps: [Step]) {
            testDescription = name
            self.steps = steps
        }
    }

    static func event(_ name: String, _ items: String, id: String = "e") -> Evidence {
        let text = Array(items.utf8)
        let ranges = (try? JSONDocument(parsing: text).root.elements.map(\.range)) ?? []
        let event = SecurityEvent(
            id: id, timestampLocal: nil, timestampUTC: nil, category: nil, name: name, type: nil, payload: ranges)
        return .securityEvent(event, text: text)
    }

    static func told(_ changes: [FindingChange]) -> [String] { changes.map { "\($0.name) \($0.finding.type.name)" } }

    static func twin(_ members: String) -> Evidence {
        guard let desired = try? Examples.desired(members) else { return .clock }
        return .twinStands(.security(.classic, desired: desired))
    }

    static func edge(_ options: String) -> Evidence {
        let text = #"{"modules":{"m":{"settings":{"createOptions":"\#(options)"}}}}"#
        guard let desired = try? Examples.json(text) else { return .clock }
        return .twinStands(.edgeAgent(desired: desired))
    }

    static func login(_ result: String, _ more: String = "") -> Evidence {
        event(
            "Login", #"[{"ProcessId":1,"UserName":"u","Operation":"o","Executable":"e","Result":"\#(result)"\#(more)}]"#
        )
    }

    static func command(_ line: String, executable: String = "/bin/sh") -> Evidence {
        event("ProcessCreate", #"[{"Executable":"\#(executable)","CommandLine":"\#(line)"}]"#)
    }

    static func firewall(_ items: String...) -> Evidence {
        event("FirewallConfiguration", "[\(items.map { "{\"Enabled\":true,\($0)}" }.joined(separator: ","))]")
    }

    static let port = #"{"LocalPort":"22","Protocol":"tcp"}"#
    static let day: Double = 86400
    static let remote = #","RemoteAddress":"192.0.2.1""#

    static let stories: [Story] = [
        Story(
            "an open port is found until it is closed",
            [
                Step(0, event("ListeningPorts", "[\(port)]"), ["opened IoT_OpenPorts"]),
                Step(1, event("ListeningPorts", "[\(port),\(port)]"), ["updated IoT_OpenPorts"]),
                Step(2, event("ListeningPorts", "[]"), ["closed IoT_OpenPorts"]),
                Step(3, event("ListeningPorts", "[]")),
                Step(4, event("ListeningPorts", "[\(port)]"), ["opened IoT_OpenPorts"]),
            ]),
        Story(
            "the RTOS agent's ports are ports, and its empty lists are none",
            [
                Step(0, event("ListeningPorts", "[{}]")),
                Step(
                    1, event("ListeningPorts", #"[{"ipv4_ports":[{"local_port":1}],"ipv6_ports":[]}]"#),
                    ["opened IoT_OpenPorts"]),
            ]),
        Story(
            "a chain's policy is its last item, and only that",
            [
                Step(
                    0, firewall(#""ChainName":"INPUT","Direction":"In","Action":"Allow","Priority":0"#),
                    ["opened IoT_PermissiveFirewallPolicy"]),
                Step(
                    1,
                    firewall(
                        #""ChainName":"INPUT","Action":"Allow","Priority":0,"SourceAddress":"10.0.0.1""#,
                        #""ChainName":"INPUT","Action":"Deny","Priority":1"#),
                    ["closed IoT_PermissiveFirewallPolicy"]),
                Step(2, firewall(#""ChainName":"FORWARD","Action":"Allow","Priority":0"#)),
            ]),
        Story(
            "a rule for a wide range is found by its direction",
            [
                Step(
                    0, firewall(#""ChainName":"I","Direction":"In","Action":"Allow","DestinationPort":"1""#),
                    ["opened IoT_PermissiveInputFirewallRules"]),
                Step(
                    1,
                    firewall(#""Direction":"Out","Action":"Allow","DestinationAddress":"0.0.0.0/0","SourcePort":"1""#),
                    ["closed IoT_PermissiveInputFirewallRules", "opened IoT_PermissiveOutputFirewallRules"]),
                Step(
                    2, firewall(#""Direction":"Out","Action":"Allow","DestinationAddress":"10.1.0.0/16""#),
                    ["closed IoT_PermissiveOutputFirewallRules"]),
                Step(3, firewall(#""Direction":"In","Action":"Deny""#)),
            ]),
        Story(
            "a baseline fails until a snapshot without failures comes; words are compared without case",
            [
                Step(0, event("OSBaseline", #"[{"Result":"Err"},{"Result":"Pass"}]"#)),
                Step(1, event("OSBaseline", #"[{"Result":"FAIL","Severity":"Warning"}]"#), ["opened IoT_Baseline"]),
                Step(2, event("OSBaseline", "[]"), ["closed IoT_Baseline"]),
                Step(
                    3, event("Baseline", #"[{"baseline_checks":[{"id":"x","result":"FAIL"}]}]"#),
                    ["opened IoT_Baseline"]),
            ]),
        Story(
            "the micro agent's test check is a finding of its own",
            [
                Step(
                    0,
                    event(
                        "OSBaseline",
                        #"[{"CceId":"CIS-debian-9-DEFENDER_FOR_IOT_TEST_CHECKS-0.0","Result":"FAIL"}]"#),
                    ["opened IoT_Baseline", "opened IoT_CISBenchmarks_DIoTTest"]),
                Step(1, event("OSBaseline", "[]"), ["closed IoT_Baseline", "closed IoT_CISBenchmarks_DIoTTest"]),
            ]),
        Story(
            "a tenth of small messages in a day is too many, and a day later they are forgotten",
            [
                Step(0, event("MessageStatistics", #"[{"MessagesSent":91,"MessagesUnder4KB":9}]"#)),
                Step(
                    60, event("MessageStatistics", #"[{"MessagesSent":1,"MessagesUnder4KB":1}]"#),
                    ["opened IoT_AgentSendsUnutilizedMessages"]),
                Step(3600, .clock),
                Step(day + 7200, .clock, ["closed IoT_AgentSendsUnutilizedMessages"]),
            ]),
        Story(
            "counts of any size do not overflow",
            [
                Step(0, event("MessageStatistics", #"[{"MessagesSent":9223372036854775807,"MessagesUnder4KB":0}]"#)),
                Step(1, event("MessageStatistics", #"[{"MessagesSent":9223372036854775807,"MessagesUnder4KB":-1}]"#)),
                Step(2, event("MessageStatistics", #"[{"MessagesSent":9223372036854775807,"MessagesUnder4KB":1e9}]"#)),
            ]),
        Story(
            "a configuration error opens, and a twin without the fault closes",
            [
                Step(
                    0, event("ConfigurationError", #"[{"ErrorType":"NotOptimal"},{"ErrorType":"Conflict"}]"#),
                    [
                        "opened Security twin configuration not optimal", "opened Security twin configuration conflict",
                    ]),
                Step(1, event("ConfigurationError", "[]")),
                Step(
                    2, twin(#""maxMessageSizeInBytes":{"value":10000}"#),
                    [
                        "updated Security twin configuration not optimal",
                        "closed Security twin configuration conflict",
                    ]),
                Step(
                    3, twin(#""maxMessageSizeInBytes":{"value":8192}"#),
                    ["closed Security twin configuration not optimal"]),
                Step(
                    4, event("ConfigurationError", #"[{"ErrorType":"TypeMismatch"}]"#),
                    ["opened IoT agent attempted and failed to parse the module twin configuration"]),
            ]),
        Story(
            "no agent is found by time, and by any sign of one it is installed",
            [
                Step(0, .deviceToCloud(.mqtt)), Step(1, .clock, ["opened IoT_InstallAgent"]), Step(2, .clock),
                Step(3, twin(""), ["closed IoT_InstallAgent"]), Step(4, .clock),
            ]),
        Story(
            "no agent is found again when the last security module goes, of a device that has never sent",
            [
                Step(0, twin("")), Step(1, .twinStands(.security(.micro, desired: try? Examples.json("{}")))),
                Step(2, .twinStands(.security(.classic, desired: nil))), Step(3, .clock),
                Step(4, .twinStands(.security(.micro, desired: nil))), Step(5, .clock, ["opened IoT_InstallAgent"]),
                Step(6, event("Heartbeat", "[]"), ["closed IoT_InstallAgent"]), Step(7, .clock),
            ]),
        Story(
            "a twin's findings go with the twin",
            [
                Step(
                    0, twin(#""maxMessageSizeInBytes":{"value":10000}"#),
                    ["opened Security twin configuration not optimal"]),
                Step(1, .twinStands(.security(.micro, desired: nil))),
                Step(
                    2, .twinStands(.security(.classic, desired: nil)),
                    ["closed Security twin configuration not optimal"]),
                Step(
                    3, edge(#"{\"HostConfig\":{\"Privileged\":true}}"#), ["opened IoT_PrivilegedDockerOptions"]),
                Step(4, .twinStands(.edgeAgent(desired: nil)), ["closed IoT_PrivilegedDockerOptions"]),
            ]),
        Story(
            "a device is silent after 72 hours, until it speaks",
            [
                Step(0, twin("")), Step(3 * day - 1, .clock), Step(3 * day, .clock, ["opened Device silent"]),
                Step(5 * day, .clock), Step(5 * day, .deviceToCloud(.mqtt), ["closed Device silent"]),
                Step(8 * day, .clock, ["opened Device silent"]),
                Step(8 * day, event("Heartbeat", "[]"), ["closed Device silent"]),
            ]),
        Story(
            "a local login is found by its result, and the alert ends a day after the last",
            [
                Step(0, login("Fail"), ["opened Failed local login"]),
                Step(1, login("Fail", #","RemoteAddress":"?""#), ["updated Failed local login"]),
                Step(2, login("Fail", remote)), Step(3, login("Success"), ["opened IoT_SucessfulLocalLogin"]),
                Step(4, login("Perhaps")), Step(day, .clock),
                Step(day + 3, .clock, ["closed Failed local login", "closed IoT_SucessfulLocalLogin"]),
            ]),
        Story(
            "ten failures in five minutes are a brute force, with a success a successful one",
            (0..<9).map { Step(Double($0), login("Fail", remote)) } + [
                Step(9, login("Fail", remote), ["opened IoT_Bruteforce_Fail"]),
                Step(10, login("Success", remote), ["opened Successful Bruteforce  attempt"]),
                Step(11, login("Success", remote)),
            ]),
        Story(
            "failures that are far apart are none",
            (0..<12).map { Step(Double($0) * 40, login("Fail", remote)) } + [Step(480, login("Success", remote))]),
        Story(
            "two snapshots of users are compared",
            [
                Step(0, event("LocalUsers", #"[{"UserName":"a","GroupNames":"x;y"},{"UserName":"b"}]"#)),
                Step(1, event("LocalUsers", "[]")),
                Step(
                    2, event("LocalUsers", #"[{"UserName":"a","GroupNames":"x;z"},{"UserName":"c"}]"#),
                    [
                        "opened Local user deletion detected", "opened Local user added to one or more groups",
                        "opened Local user deleted from one or more groups",
                    ]),
                Step(3, event("LocalUsers", #"[{"UserName":"c"},{"UserName":"a","GroupNames":"z;x"}]"#)),
            ]),
        Story(
            "what the hub sees of authentication",
            [
                Step(0, .tokenExpired, ["opened IoT_Expired_SAS_Token"]),
                Step(1, .tokenInvalid, ["opened IoT_Invalid_SAS_Token"]),
                Step(2, .certificateExpired, ["opened IoT_Cert_Expired"]),
                Step(3, .thumbprintMismatch, ["opened IoT_Cert_Print_Mismatch"]),
                Step(4, .tokenExpired, ["updated IoT_Expired_SAS_Token"]),
            ]),
        Story(
            "what the hub sees of its registry and its connections",
            [
                Step(0, .credentialsShared(with: [], more: 0)),
                Step(1, .credentialsShared(with: ["d2"], more: 0), ["opened IoT_SharedCredentials"]),
                Step(2, .credentialsShared(with: [], more: 0), ["closed IoT_SharedCredentials"]),
                Step(3, .vulnerableCipher(suite: "AES128-SHA"), ["opened IoT_VulnerableTLSCipherSuite"]),
                Step(4, .vulnerableCipher(suite: nil), ["closed IoT_VulnerableTLSCipherSuite"]),
                Step(
                    5, edge(#"{\"HostConfig\":{\"Privileged\":true}}"#), ["opened IoT_PrivilegedDockerOptions"]),
                Step(6, edge(#"{\"HostConfig\":{\"Privileged\":false}}"#), ["closed IoT_PrivilegedDockerOptions"]),
                Step(7, edge("nonsense")),
            ]),
    ]

    @Test("each story opens, updates and closes what it should", arguments: stories)
    func tells(story: Story) {
        var device = DeviceFindings()
        for step in story.steps {
            let changes = device.observe(step.evidence, at: Self.start.adding(seconds: step.seconds))
            let told = Self.told(changes).filter { story.isAbout($0) }
            #expect(told == step.changes, "after \(step.seconds) seconds")
        }
    }

    @Test("example 8.7 yields exactly what it names, and its last event clears the baseline")
    func example() {
        let message = SecurityMessage(reading: Array(Examples.securityMessage.utf8), mti: nil, from: .classic)
        var device = DeviceFindings()
        var changes: [FindingChange] = []
        for event in message.events {
            changes += device.observe(.securityEvent(event, text: message.text), at: Self.start)
        }
        let expected = [
            "Security twin configuration not optimal", "IoT_AgentSendsUnutilizedMessages", "Failed local login",
            "IoT_OpenPorts", "IoT_PermissiveFirewallPolicy", "IoT_PermissiveInputFirewallRules", "IoT_Baseline",
            "IoT_PrivilegedContainer",
        ]
        #expect(Self.told(changes) == expected.map { "opened " + $0 } + ["closed IoT_Baseline"])
        #expect(Set(device.findings.filter(\.isOpen).map(\.type.name)) == Set(expected).subtracting(["IoT_Baseline"]))
        let byName = Dictionary(uniqueKeysWithValues: device.findings.map { ($0.type.name, $0) })
        #expect(byName["IoT_AgentSendsUnutilizedMessages"]?.text.hasPrefix("6 of 40 ") == true)
        // The service's published evidence, letter by letter (defender.md section 6.2).
        #expect(
            byName["IoT_PermissiveInputFirewallRules"]?.evidence.data.map { String(decoding: $0, as: UTF8.self) }
                == #"{"Rules":"[{\"SourceAddress\":\"\",\"SourcePort\":\"\",\"DestinationAddress\":\"\",\"DestinationPort\":\"1337\"}]"}"#
        )
        #expect(byName["IoT_Baseline"]?.evidence.eventID == "9c647395-b913-4997-a732-a7fe7303b607")
    }

    @Test("a command line raises the alert that it is for", arguments: commands)
    func raises(line: String, expected: [String]) {
        var device = DeviceFindings()
        let names = device.observe(Self.command(line), at: Self.start).map(\.finding.type.displayName)
        #expect(names == expected)
    }

    static let commands: [(String, [String])] = [
        ("docker run --privileged img", ["Privileged container detected"]),
        ("docker run img", []),
        ("sudo /usr/bin/docker run -d --privileged=true img", ["Privileged container detected"]),
        ("history -c", ["Bash history cleared"]), ("rm /root/.bash_history", ["Bash history cleared"]),
        ("nohup ./x", ["Detected suspicious use of the nohup command"]),
        ("/usr/sbin/useradd eve", ["Detected suspicious use of the useradd command"]),
        ("cat /var/www/.htaccess", ["htaccess file access detected"]),
        ("rm -rf /home", ["Potential loss of data detected"]),
        ("rm /var/log/syslog", ["Removal of system logs files detected"]),
        ("systemctl stop auditd.service", ["Possible attempt to disable Auditd logging detected"]),
        ("iptables -F INPUT", ["Disable firewall"]), ("ufw disable", ["Disable firewall"]),
        ("ssh -L 80:a:80 b", ["Port forwarding detection"]), ("ls -l", []), ("", []),
    ]

    @Test("an executable's name that ends in a space is found, and of a micro agent only what starts")
    func executables() {
        var device = DeviceFindings()
        let space = device.observe(Self.command("x", executable: "/bin/ls "), at: Self.start)
        #expect(Self.told(space) == ["opened Space after filename"])
        let ended = Self.event("Process", #"[{"commandline":"nohup x","event_type":"EXIT"}]"#)
        #expect(device.observe(ended, at: Self.start).isEmpty)
        let started = Self.event("Process", #"[{"commandline":"nohup x","event_type":"EXEC"}]"#)
        #expect(device.observe(started, at: Self.start).count == 1)
    }

    @Test("a finding is written as the documents say")
    func written() {
        var device = DeviceFindings()
        _ = device.observe(Self.event("ListeningPorts", "[\(Self.port)]", id: "7"), at: Self.start)
        var json = JSONWriter()
        for finding in device.findings { finding.write(to: &json) }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"type":"IoT_OpenPorts","displayName":"Open Ports on device","kind":"deviceRecommendation","#
                + #""severity":"Medium","text":"1 listening endpoint","mark":"documented","state":"open","count":1,"#
                + #""opened":"2020-01-02T11:39:26Z","updated":"2020-01-02T11:39:26Z","closed":null,"#
                + #""evidence":{"source":"ListeningPorts","eventId":"7","data":null}}"#)
    }

    @Test("each type is in the catalogue once, and what is found is not called not emulated")
    func catalogue() {
        let names = FindingType.all.map(\.name)
        #expect(Set(names).count == names.count)
        let missing = Set(NotEmulated.all.map(\.name))
        #expect(missing.count == NotEmulated.all.count)
        #expect(missing.isDisjoint(with: names) && missing.isDisjoint(with: FindingType.all.map(\.displayName)))
    }

    @Test("memory stays within its limits whatever an agent sends")
    func bounded() {
        var device = DeviceFindings()
        for number in 0..<60 {
            let time = Self.start.adding(seconds: Double(number) * 40000)
            let name = "n" + String(repeating: "\u{301}", count: 3000) + String(number)
            _ = device.observe(Self.event("Login", #"[{"UserName":"\#(name)","Result":"Fail"}]"#), at: time)
            _ = device.observe(Self.command("nohup " + name), at: time)
            _ = device.observe(Self.event(name, "[1,null,[]]", id: name), at: time)
        }
        #expect(device.findings.count <= FindingType.all.count)
        #expect(device.findings.allSatisfy { $0.text.utf8.count < 400 && ($0.evidence.eventID?.utf8.count ?? 0) < 210 })
    }

    @Test("only so many users and addresses are counted at once")
    func boundedLogins() {
        var rules = LoginRules()
        for number in 0..<LoginRules.maximumSubjects * 2 {
            let evidence = Self.event("Login", #"[{"UserName":"\#(number)","Result":"Fail"\#(Self.remote)}]"#)
            guard case .securityEvent(let event, let text) = evidence else { continue }
            _ = rules.observe(ObservedEvent(event, text), EvidenceReference("Login"), at: Self.start)
        }
        #expect(rules.subjectCount == LoginRules.maximumSubjects)
    }

    @Test("what was seen so many times counts so often, and is one change")
    func counted() {
        var device = DeviceFindings()
        for total in [3, 6] {
            let changes = device.observe(.tokenInvalid, times: 3, at: Self.start)
            #expect(changes.map(\.finding.count) == [total])
        }
    }

    @Test("what one event holds many times is one change")
    func collapsed() {
        var device = DeviceFindings()
        let item = #"{"UserName":"u","Result":"Fail"}"#
        let many = Self.event("Login", "[\(Array(repeating: item, count: 5).joined(separator: ","))]")
        let changes = device.observe(many, at: Self.start)
        #expect(Self.told(changes) == ["opened Failed local login"])
        #expect(changes.first?.finding.count == 5)
    }
}

extension DeviceFindingsTests.Story {
    /// Stories of other things do not tell of an agent that is missing.
    func isAbout(_ change: String) -> Bool {
        !change.hasSuffix("IoT_InstallAgent") || testDescription.contains("agent is found")
    }
}
