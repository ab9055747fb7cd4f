import JSON
import Testing
import Vocabulary

@testable import Twins

/// rest.md section 14, and the Plug and Play conventions for components and writable properties.
@Suite struct DigitalTwinTests {
    private static func time(_ number: Int) -> Timestamp { Timestamp(unixSeconds: 1_790_000_000 + Int64(number)) }

    private static func rendered(desired: [String], reported: [String], model: String = "") throws -> RenderedTwin {
        var twin = Twin.fresh(at: time(0), kind: .device)
        for (number, text) in desired.enumerated() {
            let body = try JSONDocument(parsing: "{\"properties\":{\"desired\":\(text)}}")
            twin = try twin.patched(ServicePatch(body: body), at: time(1 + number)).twin
        }
        for (number, text) in reported.enumerated() {
            twin = try twin.reported(ReportedPatch(body: JSONDocument(parsing: text)), at: time(11 + number)).twin
        }
        let id = try TwinID(device: "d1")
        return RenderedTwin(
            twin,
            TwinIdentityFields(
                id: id, deviceEtag: "MQ==", status: "enabled", statusUpdateTime: .never,
                connectionState: "Disconnected", lastActivityTime: .never, cloudToDeviceMessageCount: 0,
                authenticationType: "sas", modelID: model, iotEdge: false))
    }

    private static func view(_ twin: RenderedTwin) throws -> Tree {
        try Tree(JSONDocument(parsing: twin.digitalTwin()).root)
    }
    private static func tree(_ text: String) throws -> Tree { try Tree(JSONDocument(parsing: text).root) }

    @Test("a device without a model has a digital twin with an empty one")
    func plain() throws {
        let twin = try Self.rendered(desired: [], reported: [])
        #expect(try Self.view(twin) == Self.tree(#"{"$dtId":"d1","$metadata":{"$model":""}}"#))
    }

    @Test("components, plain values and acknowledgements stand in one tree, how far they agree in the metadata")
    func whole() throws {
        let twin = try Self.rendered(
            desired: [
                #"{"thermostat1":{"__t":"c","targetTemperature":20.4}}"#, #"{"interval":5}"#,
                #"{"thermostat1":{"__t":"c","targetTemperature":21.4}}"#,
            ],
            reported: [
                #"{"serialNumber":"SN-1","thermostat1":{"__t":"c","maxTemp":25.3}}"#,
                #"{"thermostat1":{"__t":"c","targetTemperature":{"value":20.4,"ac":200,"av":2,"ad":"done"}}}"#,
            ], model: "dtmi:com:example:TemperatureController;1")
        let expected = #"""
            {"$dtId":"d1","serialNumber":"SN-1",
             "thermostat1":{"maxTemp":25.3,"targetTemperature":20.4,"$metadata":{
                "maxTemp":{"lastUpdateTime":"T11"},
                "targetTemperature":{"desiredValue":21.4,"desiredVersion":4,"ackVersion":2,"ackCode":200,
                    "ackDescription":"done","lastUpdateTime":"T12"}}},
             "$metadata":{"$model":"dtmi:com:example:TemperatureController;1","serialNumber":{"lastUpdateTime":"T11"},
                "interval":{"desiredValue":5,"desiredVersion":3}}}
            """#
        let timed = expected.split(separator: "T11").joined(separator: Self.time(11).description)
            .split(separator: "T12").joined(separator: Self.time(12).description)
        #expect(try Self.view(twin) == Self.tree(timed))
    }

    @Test(
        "an acknowledgement is an object of value and ac, perhaps av and ad; any other object is a value",
        arguments: [
            (#"{"value":1,"ac":200,"av":3}"#, "1"), (#"{"value":{"a":1},"ac":203}"#, #"{"a":1}"#),
            (#"{"value":1,"ac":200,"x":0}"#, #"{"value":1,"ac":200,"x":0}"#), (#"{"value":1}"#, #"{"value":1}"#),
            (#"{"value":1,"ac":"200"}"#, #"{"value":1,"ac":"200"}"#), ("[1,2]", "[1,2]"),
        ])
    func acknowledgements(_ reported: String, _ value: String) throws {
        let twin = try Self.rendered(desired: [], reported: ["{\"p\":\(reported)}"])
        let root = try JSONDocument(parsing: twin.digitalTwin()).root
        #expect(try Tree(#require(root["p"])) == Self.tree(value))
        #expect((root["$metadata"]?["p"]?["ackCode"] == nil) == (value == reported))
    }

    @Test("an object that only one side marks is a component; one beside a scalar is not")
    func oneSided() throws {
        let marked = try Self.rendered(desired: [#"{"c":{"a":1}}"#], reported: [#"{"c":{"__t":"c","b":2}}"#])
        let metadata = try JSONDocument(parsing: marked.digitalTwin()).root["c"]?["$metadata"]
        #expect(metadata?["a"]?["desiredValue"]?.int == 1)
        let mixed = try Self.rendered(desired: [#"{"c":{"__t":"c","a":1}}"#], reported: [#"{"c":5}"#])
        #expect(try JSONDocument(parsing: mixed.digitalTwin()).root["c"]?.int == 5)
    }

    // MARK: Patches

    private static let stored = (
        desired: [#"{"t":{"__t":"c","x":1,"y":2},"p":7,"o":{"a":1,"b":{"c":2}}}"#],
        reported: [#"{"r":{"__t":"c","z":0},"q":"here"}"#]
    )

    @Test(
        "operations come to a merge patch of desired properties",
        arguments: [
            (#"[{"op":"add","path":"/p","value":8}]"#, #"{"p":8}"#),
            (#"[{"op":"replace","path":"/new","value":"v"}]"#, #"{"new":"v"}"#),
            (#"[{"op":"remove","path":"/p"}]"#, #"{"p":null}"#),
            (#"[{"op":"add","path":"/t/x","value":3}]"#, #"{"t":{"__t":"c","x":3}}"#),
            (#"[{"op":"add","path":"/fresh/x","value":3}]"#, #"{"fresh":{"__t":"c","x":3}}"#),
            (#"[{"op":"add","path":"/r/z","value":3}]"#, #"{"r":{"__t":"c","z":3}}"#),
            (#"[{"op":"remove","path":"/t/x"}]"#, #"{"t":{"__t":"c","x":null}}"#),
            (#"[{"op":"remove","path":"/nowhere/x"}]"#, #"{"nowhere":null}"#),
            (#"[{"op":"remove","path":"/t"}]"#, #"{"t":null}"#),
            (#"[{"op":"add","path":"/t","value":{"$metadata":{},"y":5}}]"#, #"{"t":{"__t":"c","x":null,"y":5}}"#),
            (#"[{"op":"replace","path":"/t","value":{"$metadata":{}}}]"#, #"{"t":{"__t":"c","x":null,"y":null}}"#),
            (#"[{"op":"add","path":"/o","value":{"b":{"d":3}}}]"#, #"{"o":{"a":null,"b":{"c":null,"d":3}}}"#),
            (#"[{"op":"add","path":"/o","value":4}]"#, #"{"o":4}"#),
            (
                #"[{"op":"add","path":"/t/x","value":1},{"op":"remove","path":"/t/x"},{"op":"add","path":"/p","value":1}]"#,
                #"{"p":1,"t":{"__t":"c","x":null}}"#
            ),
            (
                #"[{"op":"remove","path":"/t"},{"op":"add","path":"/t/w","value":1}]"#,
                #"{"t":{"__t":"c","w":1,"x":null,"y":null}}"#
            ),
            (
                #"[{"op":"add","path":"/t","value":{"$metadata":{},"w":1}},{"op":"add","path":"/t/v","value":2}]"#,
                #"{"t":{"__t":"c","v":2,"w":1,"x":null,"y":null}}"#
            ),
            ("[]", "{}"),
        ])
    func patches(_ text: String, _ expected: String) throws {
        let twin = try Self.rendered(desired: Self.stored.desired, reported: Self.stored.reported).twin
        let patch = try DigitalTwinPatch(body: JSONDocument(parsing: text)).servicePatch(of: twin)
        #expect(
            try Self.tree(String(decoding: patch.json, as: UTF8.self))
                == Self.tree("{\"properties\":{\"desired\":\(expected)}}"))
    }

    @Test("what a patch has come to is what a plain reading of it leaves")
    func applied() throws {
        let twin = try Self.rendered(desired: Self.stored.desired, reported: Self.stored.reported).twin
        let text = #"""
            [{"op":"replace","path":"/t","value":{"$metadata":{},"y":{"deep":1}}},{"op":"add","path":"/o","value":{"n":0}},
             {"op":"remove","path":"/p"},{"op":"add","path":"/t/x","value":"back"}]
            """#
        let patch = try DigitalTwinPatch(body: JSONDocument(parsing: text)).servicePatch(of: twin)
        let after = try twin.patched(patch, at: Self.time(20)).twin
        #expect(
            try Tree(JSONDocument(parsing: Array(after.desired)).root)
                == Self.tree(#"{"t":{"__t":"c","y":{"deep":1},"x":"back"},"o":{"n":0}}"#))
        #expect(after.reported == twin.reported)
    }

    @Test(
        "a patch that is none is refused by the service's name for the fault",
        arguments: [
            (#"{}"#, ErrorCode.invalidDigitalTwinJsonPatch), (#"[1]"#, .invalidDigitalTwinJsonPatch),
            (#"[{"path":"/p","value":1}]"#, .invalidDigitalTwinJsonPatch),
            (#"[{"op":"move","from":"/p","path":"/q"}]"#, .invalidDigitalTwinJsonPatch),
            (#"[{"op":"test","path":"/p","value":1}]"#, .invalidDigitalTwinJsonPatch),
            (#"[{"op":"add","path":"/p"}]"#, .invalidDigitalTwinJsonPatch),
            (#"[{"op":"add","value":1}]"#, .invalidDigitalTwinPatch),
            (#"[{"op":"add","path":"p","value":1}]"#, .invalidDigitalTwinPatch),
            (#"[{"op":"add","path":"/","value":1}]"#, .invalidDigitalTwinPatch),
            (#"[{"op":"add","path":"/a/b/c","value":1}]"#, .invalidDigitalTwinPatchPath),
            (#"[{"op":"add","path":"/$metadata/$model","value":"dtmi:a;1"}]"#, .invalidDigitalTwinPatchPath),
            (#"[{"op":"remove","path":"/$dtId"}]"#, .invalidDigitalTwinPatchPath),
            (#"[{"op":"add","path":"/1a","value":1}]"#, .invalidDigitalTwinPatchPath),
            (#"[{"op":"add","path":"/a_","value":1}]"#, .invalidDigitalTwinPatchPath),
            (#"[{"op":"add","path":"/a~1b","value":1}]"#, .invalidDigitalTwinPatchPath),
            (#"[{"op":"add","path":"/a//b","value":1}]"#, .invalidDigitalTwinPatchPath),
            (#"[{"op":"add","path":"/p","value":null}]"#, .invalidDigitalTwinPayload),
            (#"[{"op":"add","path":"/p","value":[1]}]"#, .invalidDigitalTwinPayload),
            (#"[{"op":"add","path":"/n","value":{"a b":1}}]"#, .invalidDigitalTwinPayload),
            (#"[{"op":"add","path":"/n","value":{"__t":"c"}}]"#, .invalidDigitalTwinPayload),
            (#"[{"op":"add","path":"/n","value":{"a":{"b":{"c":{"d":{"e":{}}}}}}}]"#, .invalidDigitalTwinPayload),
            (#"[{"op":"add","path":"/t","value":{"$metadata":{"x":{}},"x":1}}]"#, .invalidDigitalTwinPatch),
            (#"[{"op":"add","path":"/t","value":{"x":1}}]"#, .argumentInvalid),
            (#"[{"op":"add","path":"/t","value":3}]"#, .argumentInvalid),
            (#"[{"op":"add","path":"/r","value":3}]"#, .argumentInvalid),
            (#"[{"op":"add","path":"/p/x","value":3}]"#, .argumentInvalid),
            (#"[{"op":"remove","path":"/q/x"}]"#, .argumentInvalid),
            (#"[{"op":"add","path":"/o","value":{"$metadata":{},"x":1}}]"#, .argumentInvalid),
            (#"[{"op":"add","path":"/n","value":1},{"op":"add","path":"/n/x","value":1}]"#, .argumentInvalid),
        ])
    func refusals(_ text: String, _ code: ErrorCode) throws {
        let twin = try Self.rendered(desired: Self.stored.desired, reported: Self.stored.reported).twin
        let body = try JSONDocument(parsing: text)
        let error = #expect(throws: HubError.self) { try DigitalTwinPatch(body: body).servicePatch(of: twin) }
        #expect(error?.code == code, "\(error?.description ?? "")")
    }

    @Test("the texts that are known are the service's")
    func texts() throws {
        let path = try JSONDocument(parsing: #"[{"op":"add","path":"targetTemperature","value":1}]"#)
        let text =
            "Error in path: targetTemperature. 'path' string must be non-null, begin with '/' and have atleast the component name."
        #expect(throws: HubError(.invalidDigitalTwinPatch, text)) {
            try DigitalTwinPatch(body: path)
        }
    }

    @Test("a patch has a bound on its operations")
    func bound() throws {
        let many = Array(repeating: #"{"op":"remove","path":"/p"}"#, count: DigitalTwinPatch.maximumOperations + 1)
        let body = try JSONDocument(parsing: "[\(many.joined(separator: ","))]")
        #expect(throws: HubError.self) { try DigitalTwinPatch(body: body) }
        let fewer = try JSONDocument(parsing: "[\(many.dropLast().joined(separator: ","))]")
        #expect(throws: Never.self) { try DigitalTwinPatch(body: fewer) }
    }
}
