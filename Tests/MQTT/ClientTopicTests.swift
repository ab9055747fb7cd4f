import Testing
import Vocabulary

@testable import MQTT

@Suite struct ClientTopicTests {
    static let valid: [(identity: String, topic: String, form: String)] = [
        ("d", "devices/d/messages/events", "telemetry "), ("d", "devices/d/messages/events/", "telemetry "),
        ("d", "devices/d/messages/events/a=b&c", "telemetry a=b&c"),
        ("d", "devices/d/messages/events/?a=b/", "telemetry ?a=b/"),
        ("d/m", "devices/d/modules/m/messages/events/%24.on=o/", "telemetry %24.on=o/"),
        ("d/m", "devices/d/modules/m/messages/events", "telemetry "),
        // Ids are compared as they are, wildcards included.
        ("a+b#%2F?", "devices/a+b#%2F?/messages/events/x=1", "telemetry x=1"),
        ("+/#", "devices/+/modules/#/messages/events/", "telemetry "),
        ("d", "$iothub/twin/GET/?$rid=1", "read 1"), ("d/m", "$iothub/twin/GET/?$rid=a-b%20c&x=y", "read a-b%20c"),
        ("d", "$iothub/twin/GET/?x=y&$rid=7", "read 7"), ("d", "$iothub/twin/GET/?$rid=1&$rid=2", "read 1"),
        ("d", "$iothub/twin/PATCH/properties/reported/?$rid=1", "patch 1 -"),
        ("d", "$iothub/twin/PATCH/properties/reported/?$rid=1&$version=12", "patch 1 12"),
        ("d", "$iothub/twin/PATCH/properties/reported/?$version=3", "patch - 3"),
        ("d", "$iothub/twin/PATCH/properties/reported/?$rid=", "patch - -"),
        ("d", "$iothub/twin/PATCH/properties/reported/?", "patch - -"),
        ("d", "$iothub/twin/PATCH/properties/reported/", "patch - -"),
        ("d", "$iothub/methods/res/200/?$rid=ab1", "method 200 ab1"),
        ("d", "$iothub/methods/res/-1/?$rid=2", "method -1 2"), ("d", "$iothub/methods/res/0/?$rid=2", "method 0 2"),
    ]

    @Test("The topics that clients publish to are understood", arguments: valid)
    func reads(_ sample: (identity: String, topic: String, form: String)) throws {
        let form = try sample.topic.withBytes { try ClientTopic($0, of: TwinID(trusted: sample.identity)).form }
        #expect(form == sample.form)
    }

    static let refused: [(identity: String, topic: String, failure: MQTTFailure)] = [
        ("d", "devices/e/messages/events/", .topicForeign), ("d", "devices/D/messages/events/", .topicForeign),
        ("d", "devices/dd/messages/events/", .topicForeign), ("d", "devices/", .topicForeign),
        ("dd", "devices/d/messages/events/", .topicForeign), ("d%20", "devices/d /messages/events/", .topicForeign),
        ("d", "devices/d/modules/m/messages/events/", .topicForeign),
        ("d/m", "devices/d/messages/events/", .topicForeign),
        ("d/m", "devices/d/modules/n/messages/events/", .topicForeign),
        ("d/m", "devices/d/m/messages/events/", .topicForeign),
        ("d", "devices/d", .topicUnknown), ("d", "devices/d/messages/eventsx", .topicUnknown),
        ("d", "devices/d/messages/devicebound/", .topicUnknown), ("d", "devices/d/messages/", .topicUnknown),
        ("d/m", "devices/d/modules/m/inputs/i/", .topicUnknown),
        ("d", "devices/+/messages/events/", .topicWildcard), ("d", "devices/d/messages/events/a=#", .topicWildcard),
        ("a+", "devices/a+/messages/events/a=+", .topicWildcard), ("d", "#", .topicWildcard),
        ("d", "$iothub/twin/GET/?$rid=+", .topicWildcard), ("d", "a/+/b", .topicWildcard),
        ("d", "hello", .topicUnknown), ("d", "/devices/d/messages/events/", .topicUnknown),
        ("d", "Devices/d/messages/events/", .topicUnknown), ("d", "$SYS/x", .topicUnknown),
        ("d", "$iothub/", .topicUnknown), ("d", "$iothub/twin/res/200/?$rid=1", .topicUnknown),
        ("d", "$iothub/twin/PATCH/properties/desired/?$rid=1", .topicUnknown),
        ("d", "$iothub/twin/DELETE/?$rid=1", .topicUnknown), ("d", "$iothub/twin/GET?$rid=1", .topicUnknown),
        ("d", "$iothub/twin/GET/x/?$rid=1", .topicUnknown), ("d", "$iothub/methods/POST/m/?$rid=1", .topicUnknown),
        ("d", "$iothub/files/POST/?$rid=1", .topicUnknown),
        ("d", "$iothub/twin/GET/", .requestIDMissing), ("d", "$iothub/twin/GET/?$rid=", .requestIDMissing),
        ("d", "$iothub/twin/GET/?%24rid=1", .requestIDMissing), ("d", "$iothub/methods/res/200/", .requestIDMissing),
        ("d", "$iothub/methods/res/?$rid=1", .topicNumber), ("d", "$iothub/methods/res/abc/?$rid=1", .topicNumber),
        ("d", "$iothub/methods/res/2147483648/?$rid=1", .topicNumber),
        ("d", "$iothub/methods/res/-/?$rid=1", .topicNumber),
        ("d", "$iothub/twin/PATCH/properties/reported/?$rid=1&$version=x", .topicNumber),
        ("d", "$iothub/twin/PATCH/properties/reported/?$version=9999999999999999999", .topicNumber),
        ("d", "$iothub/twin/PATCH/properties/reported/x", .topicUnknown),
    ]

    @Test("All other topics close the connection", arguments: refused)
    func refuses(_ sample: (identity: String, topic: String, failure: MQTTFailure)) {
        #expect(throws: sample.failure) {
            try sample.topic.withBytes { try ClientTopic($0, of: TwinID(trusted: sample.identity)).form }
        }
    }
}
