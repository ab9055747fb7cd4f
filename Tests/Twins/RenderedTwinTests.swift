import JSON
import Testing
import Vocabulary

@testable import Twins

@Suite struct RenderedTwinTests {
    static let time = Timestamp("2026-11-24T14:15:16.1234567Z") ?? .never

    static func patched(_ text: String, _ kind: Twin.Kind = .device) throws -> Twin {
        try Twin.fresh(at: time, kind: kind).patched(ServicePatch(body: JSONDocument(parsing: text)), at: time).twin
    }

    @Test("A fresh device's document has the service's members in the service's order")
    func rendersFreshDevice() throws {
        let fields = TwinIdentityFields(id: try TwinID(device: "d1"), deviceEtag: "NTgwMDg5MDAz")
        let rendered = RenderedTwin(.fresh(at: Self.time, kind: .device), fields)
        let expected =
            #"{"deviceId":"d1","etag":"AAAAAAAAAAE=","deviceEtag":"NTgwMDg5MDAz","status":"enabled","#
            + #""statusUpdateTime":"0001-01-01T00:00:00Z","connectionState":"Disconnected","lastActivityTime":"0001-01-01T00:00:00Z","#
            + #""cloudToDeviceMessageCount":0,"authenticationType":"sas","x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},"#
            + #""modelId":"","version":2,"properties":{"desired":{"$metadata":{"$lastUpdated":"2026-11-24T14:15:16.1234567Z"},"$version":1},"#
            + #""reported":{"$metadata":{"$lastUpdated":"2026-11-24T14:15:16.1234567Z"},"$version":1}},"capabilities":{"iotEdge":false}}"#
        #expect(String(decoding: rendered.bytes, as: UTF8.self) == expected)
    }

    @Test("A changed twin's document is the same whether rendered anew or after the one before")
    func rendersChangesAlike() throws {
        var fields = TwinIdentityFields(id: try TwinID(device: "d1", module: "m1"), deviceEtag: "MQ==")
        fields.statusReason = "because \"etag\":\"x\""
        fields.configurations = Array(#"{"c":{"status":"Applied"}}"#.utf8)
        for id in [fields.id, fields.id.owner] {
            fields.id = id
            var rendered = RenderedTwin(.fresh(at: Self.time, kind: .device), fields)
            for patch in [
                #"{"tags":{"a":1},"properties":{"desired":{"b":{"c":2}}}}"#, #"{"properties":{"desired":{"b":null}}}"#,
                #"{"tags":{"a":null}}"#, #"{"tags":{"z":[1,2]}}"#,
                #"{"properties":{"desired":{"long":"\#(Self.long)"}}}"#,
                #"{"tags":{"z":3}}"#, #"{"tags":{"z":4}}"#, #"{"tags":{"z":5}}"#, #"{"tags":{"z":6}}"#,
            ] {
                let twin = try rendered.twin.patched(ServicePatch(body: JSONDocument(parsing: patch)), at: Self.time)
                    .twin
                let anew = RenderedTwin(twin, fields)
                rendered = rendered.with(twin)
                #expect(rendered.bytes == anew.bytes)
                #expect(rendered.twin.layout == anew.twin.layout)
                #expect(rendered.modelID == anew.modelID && rendered.etagStart == anew.etagStart)
                #expect(rendered.twin.version == twin.version && rendered.twin.etag == twin.etag)
            }
        }
    }

    static let long = String(repeating: "x", count: 900)

    @Test("Everything that a document can hold is in its place")
    func rendersEverything() throws {
        var fields = TwinIdentityFields(id: try TwinID(device: "d\"1".replacing("\"", with: "'")), deviceEtag: "MQ==")
        fields.status = "disabled"
        fields.statusReason = "because \"so\""
        fields.statusUpdateTime = Self.time
        fields.connectionState = "Connected"
        fields.lastActivityTime = Self.time
        fields.cloudToDeviceMessageCount = 3
        fields.authenticationType = "selfSigned"
        fields.primaryThumbprint = "AB"
        fields.modelID = "dtmi:x;1"
        fields.iotEdge = true
        fields.deviceScope = "ms-azure-iot-edge://d1-1"
        fields.parentScopes = ["p1", "p2"]
        fields.configurations = Array(#"{"c":{"status":"Applied"}}"#.utf8)
        let twin = try Self.patched(#"{"tags":{"a":1},"properties":{"desired":{"b":{"c":2}}}}"#)
        let rendered = RenderedTwin(twin, fields)
        let root = try JSONDocument(parsing: rendered.bytes).root
        #expect(
            root.members.map(\.key) == [
                "deviceId", "etag", "deviceEtag", "status", "statusReason", "statusUpdateTime", "connectionState",
                "lastActivityTime",
                "cloudToDeviceMessageCount", "authenticationType", "x509Thumbprint", "modelId", "version", "tags",
                "properties",
                "capabilities", "deviceScope", "parentScopes", "configurations",
            ])
        #expect(root["statusReason"]?.string == "because \"so\"")
        #expect(root["parentScopes"]?.elements.map { $0.string } == ["p1", "p2"])
        #expect(root["x509Thumbprint"]?["primaryThumbprint"]?.string == "AB")
        #expect(root["capabilities"]?["iotEdge"]?.bool == true)
        #expect(root["configurations"]?["c"]?["status"]?.string == "Applied")
        #expect(root["version"]?.int == 3)
        #expect(root["etag"]?.string == "AAAAAAAAAAI=")

        var old: [UInt8] = []
        rendered.writeServiceView(withoutModelID: true, to: &old)
        let oldRoot = try JSONDocument(parsing: old).root
        #expect(oldRoot["modelId"] == nil)
        #expect(oldRoot.members.map(\.key) == root.members.map(\.key).filter { $0 != "modelId" })
        var new: [UInt8] = []
        rendered.writeServiceView(to: &new)
        #expect(new == rendered.bytes)
    }

    @Test("A module names itself and has no capabilities")
    func rendersModule() throws {
        let fields = TwinIdentityFields(id: try TwinID(device: "d1", module: "$edgeAgent"), deviceEtag: "MQ==")
        let root = try JSONDocument(parsing: RenderedTwin(.fresh(at: Self.time, kind: .module), fields).bytes).root
        #expect(Array(root.members.map(\.key).prefix(3)) == ["deviceId", "moduleId", "etag"])
        #expect(root["moduleId"]?.string == "$edgeAgent")
        #expect(root["capabilities"] == nil)
    }

    @Test("A device reads its properties with versions and nothing else")
    func writesDeviceViews() throws {
        let twin = try Self.patched(#"{"tags":{"a":1},"properties":{"desired":{"b":{"c":2}}}}"#)
            .reported(ReportedPatch(body: JSONDocument(parsing: #"{"r":[1,2]}"#)), at: Self.time).twin
        let rendered = RenderedTwin(twin, TwinIdentityFields(id: try TwinID(device: "d1"), deviceEtag: "MQ=="))
        var view: [UInt8] = []
        rendered.writeDeviceView(to: &view)
        #expect(
            String(decoding: view, as: UTF8.self)
                == #"{"desired":{"b":{"c":2},"$version":2},"reported":{"r":[1,2],"$version":2}}"#)
        view = []
        rendered.writeDesired(to: &view)
        #expect(String(decoding: view, as: UTF8.self) == #"{"b":{"c":2},"$version":2}"#)
        view = []
        Twin.fresh(at: Self.time, kind: .device).writeDeviceView(to: &view)
        #expect(String(decoding: view, as: UTF8.self) == #"{"desired":{"$version":1},"reported":{"$version":1}}"#)
    }

    @Test("A document read back is the same twin, and can be changed on")
    func readsBack() throws {
        let twin = try Self.patched(#"{"tags":{"a":{"b":1}},"properties":{"desired":{"b":{"c":2},"d":[{}]}}}"#)
        let fields = TwinIdentityFields(id: try TwinID(device: "d1"), deviceEtag: "MQ==")
        let rendered = RenderedTwin(twin, fields)
        let read = try RenderedTwin(parsing: rendered.bytes)
        #expect(read.twin.layout == rendered.twin.layout)
        #expect(read.modelID == rendered.modelID)
        #expect(
            [read.twin.version, read.twin.desiredVersion, read.twin.reportedVersion, read.twin.updates] == [3, 2, 1, 2])
        let patch = try ServicePatch(body: JSONDocument(parsing: #"{"properties":{"desired":{"b":{"x":1}}}}"#))
        let first = RenderedTwin(try twin.patched(patch, at: Self.time).twin, fields)
        let second = RenderedTwin(try read.twin.patched(patch, at: Self.time).twin, fields)
        #expect(first.bytes == second.bytes)
    }

    static let damaged: [(find: String, replace: String)] = [
        (#""version":3"#, #""version":"x""#), (#""etag":"AAAAAAAAAAI=""#, #""etag":"AAA=""#),
        (#""$version":2"#, #""$versio":2"#),
        (#""$metadata""#, #""metadata""#), (#","b":{"$last"#, #","x":{"$last"#), (#""modelId":"","#, ""),
        (#"{"b":1,"c":2"#, #"{"c":2"#),
    ]

    @Test("A document that was tampered with is refused", arguments: damaged)
    func refusesDamage(_ sample: (find: String, replace: String)) throws {
        let twin = try Self.patched(#"{"properties":{"desired":{"b":1,"c":2}}}"#)
        let text = String(
            decoding: RenderedTwin(twin, TwinIdentityFields(id: try TwinID(device: "d1"), deviceEtag: "MQ==")).bytes,
            as: UTF8.self)
        _ = try RenderedTwin(parsing: Array(text.utf8))
        let damaged = text.replacing(sample.find, with: sample.replace)
        #expect(damaged != text)
        #expect(throws: JSONError.self) { try RenderedTwin(parsing: Array(damaged.utf8)) }
    }

    @Test("Whatever byte of a document is changed, reading it back and changing it on does no harm")
    func survivesDamage() throws {
        let twin = try Self.patched(#"{"tags":{"t":1},"properties":{"desired":{"b":{"c":[2]},"d":3}}}"#)
        let fields = TwinIdentityFields(id: try TwinID(device: "d1"), deviceEtag: "MQ==")
        let patch = try ServicePatch(
            body: JSONDocument(parsing: #"{"tags":{"n":1},"properties":{"desired":{"b":{"c":1},"d":null,"e":{}}}}"#))
        let bytes = RenderedTwin(twin, fields).bytes
        for position in bytes.indices {
            for byte in #"{}[]",:$0 \x"#.utf8 {
                var damaged = bytes
                damaged[position] = byte
                guard let read = try? RenderedTwin(parsing: damaged) else { continue }
                var view: [UInt8] = []
                read.writeServiceView(withoutModelID: true, to: &view)
                read.writeDeviceView(to: &view)
                _ = try? read.twin.patched(patch, at: Self.time)
            }
        }
    }

    @Test("A twin created with content has a fresh twin's counters and its own stamps")
    func seeds() throws {
        let body =
            #"{"tags":{"t":1,"n":null},"properties":{"desired":{"a":{"b":1,"gone":null},"$version":9},"reported":{"r":true}}}"#
        let seed = try TwinSeed(body: JSONDocument(parsing: body))
        let twin = try Twin.seeded(seed, at: Self.time, kind: .device)
        #expect([twin.version, twin.desiredVersion, twin.reportedVersion, twin.updates] == [2, 1, 1, 1])
        #expect(try Tree(twin.tags) == Tree(#"{"t":1}"#.utf8))
        let never = #"{"$lastUpdated":"0001-01-01T00:00:00Z","$lastUpdatedVersion":1"#
        let desired = #"{"a":{"b":1},"$metadata":\#(never),"a":\#(never),"b":\#(never)}}},"$version":1}"#
        #expect(try Tree(twin.desiredSection) == Tree(desired.utf8))
        let now = #"{"$lastUpdated":"\#(Self.time)""#
        #expect(
            try Tree(twin.reportedSection) == Tree(#"{"r":true,"$metadata":\#(now),"r":\#(now)}},"$version":1}"#.utf8))
        let again = try Twin.seeded(TwinSeed(body: JSONDocument(parsing: seed.json)), at: Self.time, kind: .device)
        #expect(again.buffer == twin.buffer)

        let empty = try TwinSeed(tags: nil, desired: nil, reported: nil)
        #expect(empty.isEmpty)
        #expect(
            try Twin.seeded(empty, at: Self.time, kind: .module).buffer
                == Twin.fresh(at: Self.time, kind: .module).buffer)
    }

    @Test("Members keep their places, new ones come last")
    func keepsOrder() throws {
        let twin = try Self.patched(#"{"properties":{"desired":{"z":1,"m":{"q":1,"b":2},"a":3}}}"#)
        let patch = try ServicePatch(
            body: JSONDocument(parsing: #"{"properties":{"desired":{"new":0,"m":{"c":9,"q":5},"z":null}}}"#))
        let after = try twin.patched(patch, at: Self.time)
        #expect(String(decoding: after.twin.desired, as: UTF8.self) == #"{"m":{"q":5,"b":2,"c":9},"a":3,"new":0}"#)
        #expect(
            after.desiredPatch.map { String(decoding: $0, as: UTF8.self) }
                == #"{"new":0,"m":{"c":9,"q":5},"z":null,"$version":3}"#)
    }
}
