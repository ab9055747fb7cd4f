import Access
import Defender
import Foundation
import JSON
import Journal
import Testing
import Twins
import Vocabulary

@testable import Hub

/// Events as the log has them: text that people read, and that a later version must read as well.
struct RecordedEventTests {
    /// A record's `event` member of each kind, as it stands in folders that exist.
    private static let samples: [(kind: String, event: String)] = [
        ("identity.created", #"{"id":"d","identity":\#(device)}"#),
        (
            "identity.created",
            #"{"id":"d/m","identity":\#(module),"seed":{"tags":{"a":1},"properties":{"desired":{"b":1.0},"reported":{"c":[2]}}}}"#
        ),
        ("identity.updated", #"{"id":"e","identity":\#(edge),"origin":\#(origin)}"#),
        (
            "identity.deleted",
            #"{"id":"d","generationId":"637612875240648717","twin":{"deviceId":"d","etag":"AAAAAAAAAAE=","version":2}}"#
        ),
        (
            "twin.patched",
            #"{"id":"d","patch":{"tags":{"t":null},"properties":{"desired":{"é\"":1e3}}},"version":3,"desiredVersion":2,"reportedVersion":1,"before":{},"after":{"properties":{"desired":{"é\"":1e3}}},"origin":\#(origin)}"#
        ),
        (
            "twin.patched",
            #"{"id":"d","patch":{"tags":{"t":1}},"version":4,"reportedVersion":1,"before":{"tags":{"t":null}},"after":{"tags":{"t":1}}}"#
        ),
        (
            "twin.replaced",
            #"{"id":"d/m","document":{"tags":{},"properties":{"desired":{}}},"version":3,"desiredVersion":2,"reportedVersion":1,"twin":{"deviceId":"d","moduleId":"m"},"before":{},"after":{}}"#
        ),
        (
            "twin.reported",
            #"{"id":"d","reported":{"a":4503599627370495},"version":3,"reportedVersion":2,"before":{},"after":{}}"#
        ),
        (
            "hub.seeded",
            #"{"complete":true,"identities":[{"identity":\#(device),"seed":{"tags":{"a":1}}},{"identity":\#(module)}]}"#
        ),
        ("hub.seeded", #"{"complete":false,"identities":[]}"#),
        ("hub.reset", #"{"to":"seed","etagBase":580089003}"#), ("hub.reset", #"{"to":"empty","etagBase":10000000}"#),
        ("link.opened", #"{"id":"d","link":7,"keepsSession":true,"modelId":"dtmi:a;1"}"#),
        ("link.opened", #"{"id":"d","link":8,"keepsSession":false}"#), ("link.closed", #"{"id":"d","link":8}"#),
        ("session.updated", #"{"id":"d","subscriptions":[["$iothub/methods/POST/#",0],["devices/d/#",1]]}"#),
        ("session.updated", #"{"id":"d","subscriptions":[]}"#),
        (
            "message.enqueued",
            #"{"id":"d","message":{"sequence":3,"enqueued":"2027-01-15T08:00:00Z","expiry":"2027-01-15T09:00:00.5Z","ack":"full","deliveryCount":2,"system":{"messageId":"m","contentType":"a/b"},"properties":{"p":null,"":"é\n"},"body":"AP8="}}"#
        ),
        (
            "message.enqueued",
            #"{"id":"d","message":{"sequence":1,"enqueued":"2027-01-15T08:00:00Z","expiry":"2027-01-15T09:00:00Z","ack":"none","system":{},"properties":{},"body":""}}"#
        ),
        ("identity.updated", #"{"id":"d/m","identity":\#(noted)}"#),
        ("message.settled", #"{"id":"d","sequence":3,"fate":"deliveryCountExceeded"}"#),
        ("message.abandoned", #"{"id":"d","sequence":3}"#), ("feedback.completed", #"{"records":[4,5]}"#),
        (
            "authority.updated",
            #"{"authority":{"name":"line-4","certificate":"\#(certificate)","created":"2027-01-15T08:00:00Z","updated":"2027-01-15T09:00:00Z","isVerified":false,"verificationCode":"AB12","etagCounter":639356832000000000}}"#
        ),
        (
            "authority.updated",
            #"{"authority":{"name":"a.b_C","certificate":"\#(certificate)","created":"2027-01-15T08:00:00Z","updated":"2027-01-15T08:00:00Z","isVerified":true,"etagCounter":1}}"#
        ), ("authority.deleted", #"{"name":"line-4"}"#),
        ("defender.settingsUpdated", #"{"settings":{"modules":"both","strict":true}}"#),
        (
            "defender.groupUpdated",
            #"{"group":{"name":"Cameras","etagCounter":639356832000000000,"properties":{"timeWindowRules":[{"ruleType":"TwinUpdatesNotInAllowedRange","isEnabled":true,"minThreshold":0,"maxThreshold":30,"timeWindowSize":"PT5M"}],"allowlistRules":[{"ruleType":"LocalUserNotAllowed","isEnabled":false,"allowlistValues":["é\""]}]}}}"#
        ), ("defender.groupDeleted", #"{"name":"Cameras"}"#),
        (
            "twin.patched",
            #"{"id":"d","patch":{"properties":{"desired":{"a":1}}},"version":3,"desiredVersion":2,"reportedVersion":1,"before":{},"after":{"properties":{"desired":{"a":1}}},"configuration":{"id":"chillers","digest":"12"},"origin":\#(origin)}"#
        ),
        (
            "configuration.updated",
            #"{"configuration":{"id":"chillers","number":1,"created":"2027-01-15T08:00:00Z","updated":"2027-01-15T09:00:00Z","etagCounter":2,"revision":3,"schemaVersion":"1.0","labels":{"a":"b"},"content":{"deviceContent":{"properties.desired.a":{"é":1e3}}},"targetCondition":"tags.t = 1","priority":-10,"metrics":{"queries":{"m":"SELECT deviceId FROM devices"}}}}"#
        ),
        (
            "configuration.updated",
            #"{"configuration":{"id":"c","number":2,"created":"2027-01-15T08:00:00Z","updated":"2027-01-15T08:00:00Z","etagCounter":1,"revision":4,"schemaVersion":null,"labels":null,"content":{"modulesContent":{"$edgeAgent":{"properties.desired":{}}}},"targetCondition":"","priority":0,"metrics":{"queries":{}}}}"#
        ), ("configuration.deleted", #"{"configurationId":"chillers"}"#),
        ("configuration.settled", #"{"revision":4}"#),
        (
            "twin.targeted",
            #"{"id":"d","configurations":[{"number":2,"id":"c","status":"Applied"},{"number":1,"id":"chillers","status":"Targeted"}]}"#
        ), ("twin.targeted", #"{"id":"d/m","configurations":[]}"#),
        (
            "job.scheduled",
            #"{"job":{"jobId":"j-1'","type":"scheduleUpdateTwin","updateTwin":{"etag":"*","tags":{"a":null},"properties":{"desired":{"b":1.0}}},"queryCondition":"tags.a = 'é'","created":"2027-01-15T08:00:00Z","start":"2027-01-15T09:00:00.5Z","seconds":3600}}"#
        ),
        (
            "job.scheduled",
            #"{"job":{"jobId":"j","type":"scheduleDeviceMethod","cloudToDeviceMethod":{"methodName":"a*b","payload":[null,1.0],"responseTimeoutInSeconds":5,"connectTimeoutInSeconds":2},"queryCondition":"*","created":"2027-01-15T08:00:00Z","start":"2027-01-15T08:00:00Z","seconds":1},"origin":\#(origin)}"#
        ), ("job.began", #"{"jobId":"j","devices":["d","e"]}"#), ("job.began", #"{"jobId":"j","devices":[]}"#),
        ("job.called", #"{"jobId":"j","devices":["d"]}"#),
        (
            "job.devicesEnded",
            #"{"jobId":"j","devices":[{"device":"d"},{"device":"e","answer":{"status":-7,"payload":{"x":1e3}}},{"device":"f","answer":{"status":200}},{"device":"g","error":{"code":"DeviceNotOnline","description":"é"}}]}"#
        ), ("job.ended", #"{"jobId":"j","status":"failed","reason":"no query"}"#),
        ("job.ended", #"{"jobId":"j","status":"completed"}"#), ("job.forgotten", #"{"jobIds":["i","j"]}"#),
        (
            "registryJob.enqueued",
            #"{"job":{"jobId":"01234567-89ab-4def-8123-456789abcdef","type":"export","outputBlobContainerUri":"file:///a","outputBlobName":"b","excludeKeysInExport":true,"includeConfigurations":true,"configurationsBlobName":"c","storageAuthenticationType":"keyBased","created":"2027-01-15T08:00:00Z","deviceLines":0,"configurationLines":0}}"#
        ),
        (
            "registryJob.enqueued",
            #"{"job":{"jobId":"i","type":"import","inputBlobContainerUri":"https://h/emulator/blobs","inputBlobName":"é","outputBlobContainerUri":"file:///a","excludeKeysInExport":false,"storageAuthenticationType":"identityBased","created":"2027-01-15T08:00:00Z","deviceLines":7,"configurationLines":2},"origin":\#(origin)}"#
        ), ("registryJob.began", #"{"jobId":"i"}"#),
        (
            "registryJob.imported",
            #"{"jobId":"i","deviceLines":7,"configurationLines":1,"errors":[{"configurationId":"c","errorCode":400012,"errorStatus":"é"},{"deviceId":"d","moduleId":"m","errorCode":404001,"errorStatus":""}]}"#
        ), ("registryJob.imported", #"{"jobId":"i","deviceLines":100,"configurationLines":0,"errors":[]}"#),
        ("registryJob.ended", #"{"jobId":"i","status":"failed","reason":"no disk"}"#),
        ("registryJob.ended", #"{"jobId":"i","status":"completed"}"#), ("registryJob.forgotten", #"{"jobIds":["i"]}"#),
        ("routing.updated", #"{"routing":{"routes":[{"name":"é\"","condition":"$body.t > 70"}]}}"#),
        ("routing.updated", #"{"routing":null}"#),
    ]

    private static let certificate = Base64.encode(SampleAuthorities.one.der)

    private static let origin =
        #"{"principal":"policy iothubowner","requestId":"01234567-89ab-4def-8123-456789abcdef"}"#

    private static let device =
        #"{"deviceId":"d","generationId":"637612875240648717","etag":"NTgwMDg5MDAz","connectionState":"Disconnected","#
        + #""status":"disabled","statusReason":"é\"","connectionStateUpdatedTime":"0001-01-01T00:00:00Z","#
        + #""statusUpdatedTime":"2021-07-07T20:45:24.131397Z","lastActivityTime":"0001-01-01T00:00:00Z","#
        + #""cloudToDeviceMessageCount":2,"authentication":{"symmetricKey":{"#
        + #""primaryKey":"AAECAwQFBgcICQoLDA0ODw==","secondaryKey":"AAECAwQFBgcICQoLDA0ODxA="},"#
        + #""x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},"type":"sas"},"#
        + #""capabilities":{"iotEdge":false},"deviceScope":"ms-azure-iot-edge://e-1","#
        + #""parentScopes":["ms-azure-iot-edge://e-1"],"modelId":"dtmi:a;1"}"#

    private static let module =
        #"{"moduleId":"m","managedBy":null,"deviceId":"d","generationId":"637612875240648718","etag":"NTgwMDg5MDA0","#
        + #""connectionState":"Connected","connectionStateUpdatedTime":"2021-07-07T20:45:24Z","#
        + #""lastActivityTime":"2021-07-07T20:45:24Z","cloudToDeviceMessageCount":0,"authentication":{"#
        + #""symmetricKey":{"primaryKey":null,"secondaryKey":null},"#
        + #""x509Thumbprint":{"primaryThumbprint":"0123456789ABCDEF0123456789abcdef01234567","secondaryThumbprint":null},"#
        + #""type":"selfSigned"}}"#

    private static let noted = module.dropLast() + #","attributes":{"site":"é","n":[1,true],"spare":false}}"#

    private static let edge =
        #"{"deviceId":"e","generationId":"1","etag":"MTAwMDAwMDA=","connectionState":"Disconnected","status":"enabled","#
        + #""statusReason":null,"connectionStateUpdatedTime":"0001-01-01T00:00:00Z","#
        + #""statusUpdatedTime":"0001-01-01T00:00:00Z","lastActivityTime":"0001-01-01T00:00:00Z","#
        + #""cloudToDeviceMessageCount":0,"authentication":{"symmetricKey":{"primaryKey":null,"secondaryKey":null},"#
        + #""x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},"type":"certificateAuthority"},"#
        + #""capabilities":{"iotEdge":true},"deviceScope":"ms-azure-iot-edge://e-1"}"#

    private static let time = Timestamp(unixSeconds: 1_800_000_000)

    private static func read(_ kind: String, _ event: String) throws -> RecordedEvent {
        try RecordedEvent(sequence: 9, time: time, kind: kind, body: JSONDocument(parsing: event).root)
    }

    private static func text(_ event: RecordedEvent) -> String {
        var json = JSONWriter()
        event.writeBody(to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func `A record of each kind is read, and written again byte for byte`() throws {
        #expect(Set(Self.samples.map(\.kind)) == Set(RecordedEvent.Kind.allCases.map(\.rawValue)))
        for (kind, event) in Self.samples {
            let recorded = try Self.read(kind, event)
            #expect(recorded.kind.rawValue == kind && recorded.kind.name.description == kind)
            #expect(Self.text(recorded) == event)
            #expect(recorded.sequence == 9 && recorded.time == Self.time)
            #expect(recorded.id?.key == (try JSONDocument(parsing: event).root["id"]?.string))
        }
    }

    @Test func `What a record holds is what was meant`() throws {
        guard case .identityCreated(let device, nil) = try Self.read("identity.created", Self.samples[0].event).event
        else { throw HubOnALog.Unexpected() }
        #expect(device.id == TwinID(trusted: "d") && device.generation == 637_612_875_240_648_717)
        #expect(device.etagCounter == 580_089_003 && device.status == .disabled && device.statusReason == "é\"")
        #expect(device.cloudToDeviceMessageCount == 2 && device.modelID == "dtmi:a;1" && !device.iotEdge)
        #expect(device.parentScopes == ["ms-azure-iot-edge://e-1"] && device.statusUpdatedTime > .never)
        guard case .sas(let primary, let secondary) = device.authentication else { throw HubOnALog.Unexpected() }
        #expect(primary.bytes == Array(0..<16) && secondary.bytes == Array(0...16))

        guard case .identityUpdated(let edge) = try Self.read("identity.updated", Self.samples[2].event).event else {
            throw HubOnALog.Unexpected()
        }
        #expect(edge.iotEdge && edge.deviceScope == "ms-azure-iot-edge://e-1" && edge.parentScopes.isEmpty)
        #expect(edge.authentication == .certificateAuthority && edge.statusReason == nil)

        let patched = try Self.read("twin.patched", Self.samples[4].event)
        guard case .twinPatched(_, _, let effect) = patched.event else { throw HubOnALog.Unexpected() }
        #expect(effect.version == 3 && effect.desiredVersion == 2 && effect.reportedVersion == 1)
        #expect(effect.twin == nil && String(decoding: effect.before, as: UTF8.self) == "{}")
        #expect(patched.origin?.principal == "policy iothubowner")
        #expect(patched.origin?.requestID.dashed == "01234567-89ab-4def-8123-456789abcdef")

        let enqueued = try #require(Self.samples.first { $0.kind == "message.enqueued" }).event
        guard case .messageEnqueued(_, let message) = try Self.read("message.enqueued", enqueued).event else {
            throw HubOnALog.Unexpected()
        }
        #expect(message.sequence == 3 && message.acknowledgement == .full && message.deliveryCount == 2)
        #expect(message.content.body == [0, 255] && message.content[.messageID] == "m" && message.lock == nil)
        #expect(message.content.application.map(\.name) == ["p", ""])
        #expect(message.content.application.map(\.value) == [nil, "é\n"])
    }

    /// Every member that a kind cannot do without, taken out in turn.
    @Test func `A record that lacks what it needs is refused, and never half read`() throws {
        let optional: Set<String> = [
            "origin", "seed", "desiredVersion", "twin", "modelId", "keepsSession", "deviceScope", "parentScopes",
            "reason",
        ]
        for (kind, event) in Self.samples {
            let body = try JSONDocument(parsing: event).root
            for (left, _) in body.members where !optional.contains(left) || kind == "identity.deleted" {
                if kind.hasPrefix("identity"), left == "id", kind != "identity.deleted" { continue }
                if kind == "twin.patched", left == "configuration" { continue }
                var json = JSONWriter()
                json.beginObject()
                for (name, value) in body.members where name != left {
                    json.key(name)
                    json.raw(value.raw)
                }
                json.endObject()
                #expect(throws: RecordError.self, "\(kind) without \(left)") {
                    try Self.read(kind, String(decoding: json.bytes, as: UTF8.self))
                }
            }
        }
        #expect(throws: RecordError.self) { try Self.read("twin.painted", #"{"id":"d"}"#) }
        #expect(throws: RecordError.self) { try Self.read("", "{}") }
    }

    /// Every number of the hub's own in every sample, put below zero and above what can be counted on from, in turn.
    @Test func `A record whose numbers no hub counts to is refused, and stops nobody`() throws {
        let numbers = try Regex(
            #""(?:(?:desired|reported)?[vV]ersion|etagBase|number|revision|link|sequence|deliveryCount|etagCounter|"#
                + #"generationId|cloudToDeviceMessageCount)":"?([0-9]+)|"records":\[([0-9]+)"#)
        var changed = 0
        for (kind, event) in Self.samples {
            // What stands in a whole twin is text that nobody counts on.
            let end = event.range(of: #""twin":"#)?.lowerBound ?? event.endIndex
            for match in event[..<end].matches(of: numbers) {
                guard let place = match.output[1].range ?? match.output[2].range else { continue }
                for number in ["-1", "18446744073709551615"] {
                    let damaged = event.replacingCharacters(in: place, with: number)
                    #expect(throws: RecordError.self, "\(kind): \(damaged)") { try Self.read(kind, damaged) }
                    changed += 1
                }
            }
        }
        #expect(changed > 40)
    }

    @Test func `What a hub has written is read and written again, byte for byte`() throws {
        let it = try HubOnALog()
        try Self.live(it)
        var kinds: Set<String> = []
        for record in try it.records() {
            let recorded = try RecordedEvent(record)
            #expect(Self.text(recorded) == record.event.text)
            #expect(recorded.sequence == record.sequence && recorded.time == record.time)
            #expect(recorded.origin?.principal == "test" || recorded.origin?.principal == "hub")
            kinds.insert(record.kind)
        }
        #expect(kinds == Set(RecordedEvent.Kind.allCases.map(\.rawValue)))
    }

    /// Something of everything that can happen.
    private static func live(_ it: HubOnALog) throws {
        let lines = #"{"id":"s","tags":{"a":1},"properties":{"reported":{"b":2}}}"#
        it.execute(.seed(try SeedLines(Array(lines.utf8)).items, isComplete: true))
        it.execute(.reset(.seed))
        var draft = IdentityDraft()
        draft.iotEdge = true
        let edge = TwinID(trusted: "e$.'")
        it.execute(.putIdentity(edge, draft, .none))
        let (device, module) = (it.make("d"), it.make("d/m"))
        draft = IdentityDraft()
        draft.statusReason = "\u{0}\u{1F}\u{7F}\"\\/\u{2028}😀"
        it.execute(.putIdentity(device, draft, .any))
        let body = try JSONDocument(
            parsing: #"{"tags":{"t":"\u0000\ud83d\ude00"},"properties":{"desired":{"x":[1,{"y":1.50}]}}}"#)
        it.execute(.patchTwin(device, try ServicePatch(body: body), .none))
        it.execute(.replaceTwin(module, try ServiceReplacement(body: body), .none))
        it.execute(.report(device, try ReportedPatch(body: JSONDocument(parsing: #"{"r":-0.0}"#)), expecting: nil))
        let link = try it.connect(device, model: "dtmi:a;1")
        var session = DeviceSession()
        _ = session.subscribe(.init(filter: "a/\"+\"/#", qualityOfService: 1))
        it.execute(.updateSession(device, link: link.number, session))
        it.execute(.closeLink(device, link: link.number))
        var content = MessageContent(body: Array(0...255))
        for property in MessageProperty.allCases { content.set(property, "\(property)\n\u{0}") }
        content.set("a\"b", "")
        content.set("none", nil)
        for _ in 0..<2 {
            it.execute(.enqueueMessage(device, MessageDraft(content: content, acknowledgement: .full)))
        }
        #expect(it.settle(device, .sequence(1), .abandon) == nil)
        #expect(it.settle(device, .sequence(1), .complete) == nil)
        #expect(try it.takeFeedback().count == 1)
        it.execute(.deleteIdentity(module, .any))
        let authority = try AuthorityName("factory")
        it.execute(.putAuthority(authority, SampleAuthorities.one, isVerified: false, .none))
        it.execute(.challengeAuthority(authority, .any))
        it.execute(.deleteAuthority(authority, .any))
        it.execute(.putDefenderSettings(DefenderSettings(rule: .micro, isStrict: true), .none))
        let rules =
            #"{"properties":{"allowlistRules":[{"ruleType":"ProcessNotAllowed","isEnabled":true,"allowlistValues":["\"\u0000"]}]}}"#
        let group = try SecurityGroupName("Cameras")
        it.execute(.putSecurityGroup(group, try SecurityGroup(reading: JSONDocument(parsing: rules).root), .none))
        it.execute(.deleteSecurityGroup(group, .any))
        let configuration = try ConfigurationID("a_!*'%-1")
        let wanted = try JSONDocument(
            parsing: #"{"content":{"deviceContent":{"properties.desired.c":[1.50,"\u0000"]}},"targetCondition":"*"}"#)
        it.execute(
            .putConfiguration(configuration, try ConfigurationDraft(wanted.root, of: configuration), .none))
        it.waitForConfigurations()
        it.execute(.deleteConfiguration(configuration, .any))
        try JobTests.liveThroughEverything(it, device)
        try RegistryJobTests.liveThroughEverything(it)
        it.execute(.putRouting(RoutingDeclaration(Array(#"{"routes":["\u0000😀"]}"#.utf8))))
        it.execute(.putRouting(nil))
        #expect(try it.entity(device).messages.count == 1)
    }
}
