import Testing
import Vocabulary

@testable import MQTT

@Suite struct TopicFilterTests {
    static let everything: Feeds = [.commands, .inputs, .methods, .twinResponses, .desiredPatches]

    static let valid: [(identity: String, filter: String, feeds: Feeds, name: String?)] = [
        // What the SDKs send.
        ("d", "devices/d/messages/devicebound/#", .commands, nil),
        ("d", "devices/+/messages/devicebound/#", .commands, nil),
        ("d", "$iothub/methods/POST/#", .methods, nil), ("d", "$iothub/twin/res/#", .twinResponses, nil),
        ("d", "$iothub/twin/PATCH/properties/desired/#", .desiredPatches, nil),
        ("d/m", "devices/d/modules/m/inputs/#", .inputs, nil),
        ("d/m", "devices/d/modules/m/#", [.commands, .inputs], nil),
        ("d/m", "devices/d/modules/m/messages/devicebound/#", .commands, nil),
        ("d/m", "$iothub/twin/res/#", .twinResponses, nil),
        // What samples use.
        ("d", "devices/d/messages/#", .commands, nil), ("d", "#", .commands, nil),
        ("d/m", "#", [.commands, .inputs], nil),
        // One method, one input.
        ("d", "$iothub/methods/POST/reboot/#", .methods, "reboot"),
        ("d", "$iothub/methods/POST/reboot/+", .methods, "reboot"),
        ("d/m", "devices/d/modules/m/inputs/in1/#", .inputs, "in1"),
        // The standard's own matching.
        ("d", "devices/d/messages/devicebound/+", .commands, nil), ("d", "devices/d/#", .commands, nil),
        ("d", "+/+/messages/#", .commands, nil), ("d", "$iothub/twin/res/+/+", .twinResponses, nil),
        ("d", "$iothub/twin/+/#", [.twinResponses, .desiredPatches], nil), ("d", "$iothub/+/POST/#", .methods, nil),
        ("d", "$iothub/#", [.methods, .twinResponses, .desiredPatches], nil),
        ("d", "$iothub/twin/#", [.twinResponses, .desiredPatches], nil),
        // A level that is the client's id is that, whatever it holds.
        ("a+b", "devices/a+b/messages/devicebound/#", .commands, nil),
        ("#", "devices/#/messages/devicebound/#", .commands, nil),
        ("+/a#", "devices/+/modules/a#/inputs/#", .inputs, nil), ("%61", "devices/%61/messages/#", .commands, nil),
    ]

    @Test("A filter opens the feeds whose topics it matches", arguments: valid)
    func opens(_ sample: (identity: String, filter: String, feeds: Feeds, name: String?)) throws {
        let filter = try #require(
            sample.filter.withBytes { TopicFilter($0, of: TwinID(trusted: sample.identity)) })
        #expect(filter.feeds == sample.feeds)
        #expect(filter.name == sample.name)
        #expect(filter.text == sample.filter)
    }

    static let refused: [(identity: String, filter: String)] = [
        ("d", "devices/e/messages/devicebound/#"), ("d", "devices/D/messages/#"), ("a", "devices/%61/messages/#"),
        ("d", "devices/d/modules/m/#"), ("d/m", "devices/d/messages/devicebound/#"),
        ("d/m", "devices/d/modules/n/#"), ("d", "devices/d/messages/events/#"), ("d", "devices/d/messages/devicebound"),
        ("d", "devices/d/messages/devicebound/"), ("d", "devices/d/messages/devicebound/x"), ("d", "x"), ("d", "+"),
        ("d", "+/+"), ("d", "/#"), ("d", "$SYS/#"), ("d", "$iothub/files/#"), ("d", "+/twin/res/#"),
        ("d", "$iothub/twin/res/200/#"), ("d", "$iothub/methods/POST/"), ("d", "$iothub/methods/POST//#"),
        // Wildcards stand alone in their level, `#` at the end.
        ("d", "devices/#/messages"), ("d", "devices/d/messages/devicebound#"), ("d", "devices/d+/messages/#"),
        ("d", "$iothub/methods/POST/a+/#"), ("d", "##"), ("d", "devices/d/messages/devicebound/#/"),
        // One filter, two different things.
        ("d/m", "devices/d/modules/m/+/devicebound/#"),
    ]

    @Test("Filters that match nothing of this client's, or are none, are refused", arguments: refused)
    func refuses(_ sample: (identity: String, filter: String)) {
        #expect(sample.filter.withBytes { TopicFilter($0, of: TwinID(trusted: sample.identity)) } == nil)
    }

    @Test("A filter for one method opens no other")
    func opensOneName() throws {
        let identity = TwinID(trusted: "d")
        let one = try #require("$iothub/methods/POST/reboot/#".withBytes { TopicFilter($0, of: identity) })
        let all = try #require("$iothub/methods/POST/#".withBytes { TopicFilter($0, of: identity) })
        #expect(one.opens(.methods, named: "reboot") && !one.opens(.methods, named: "Reboot"))
        #expect(!one.opens(.commands, named: "reboot") && all.opens(.methods, named: "any"))
    }
}
