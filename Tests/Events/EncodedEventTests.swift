import Testing
import Vocabulary

@testable import Events

@Suite struct EncodedEventTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var type: String?
        var encoding: String?
        var body: String
        var isJSON: Bool
        var testDescription: String { "\(type ?? "no type"), \(encoding ?? "no encoding"): \(body)" }
    }

    static let cases: [Case] = [
        Case(type: "application/json", encoding: "utf-8", body: "{\"a\":1}", isJSON: true),
        Case(type: "application/json", encoding: "UTF-8", body: "[1, 2]", isJSON: true),
        Case(type: "application/json", encoding: "utf8", body: "5", isJSON: true),
        Case(type: "Application/JSON; charset=utf-8", encoding: nil, body: "{}", isJSON: true),
        Case(type: "application/json;charset=utf-8", encoding: nil, body: "null", isJSON: true),
        Case(type: "application/json", encoding: nil, body: "{}", isJSON: false),
        Case(type: "application/json", encoding: "utf-16", body: "{}", isJSON: false),
        Case(type: "application/jsonlines", encoding: "utf-8", body: "{}", isJSON: false),
        Case(type: "text/plain", encoding: "utf-8", body: "{}", isJSON: false),
        Case(type: nil, encoding: nil, body: "{}", isJSON: false),
        Case(type: "application/json", encoding: "utf-8", body: "", isJSON: false),
        Case(type: "application/json", encoding: "utf-8", body: "{\"a\":1", isJSON: false),
        Case(type: "application/json", encoding: "utf-8", body: "{} {}", isJSON: false),
        Case(type: "application/json", encoding: "utf-8", body: "{\"a\":\"\u{1}\"}", isJSON: false),
    ]

    @Test(arguments: cases)
    func `A body is shown as JSON where its sender says so and it is`(_ one: Case) {
        var event = DeviceEvent(
            enqueuedTime: .never, source: .deviceMessages, deviceID: "d", body: Array(one.body.utf8))
        if let type = one.type { event.systemProperties.set("content-type", type) }
        if let encoding = one.encoding { event.systemProperties.set("content-encoding", encoding) }
        let text = String(decoding: EncodedEvent(event).object, as: UTF8.self)
        if one.isJSON {
            #expect(text.hasSuffix(",\"properties\":{},\"body\":\(one.body)}"))
        } else {
            #expect(text.hasSuffix(",\"properties\":{},\"bodyBase64\":\"\(Base64.encode(one.body.utf8))\"}"))
        }
    }

    @Test func `A filter knows a device from one whose name begins with its name`() {
        func stored(_ device: String) -> StoredEvent {
            StoredEvent(sequence: 1, EncodedEvent(message("1", from: device)))
        }
        let filter = EventFilter(deviceID: "d")
        #expect(filter.wants(stored("d")) && !filter.wants(stored("d1")) && !filter.wants(stored("e")))
        #expect(!EventFilter(source: .twinChangeEvents).wants(stored("d")))
        #expect(EventFilter(source: .deviceMessages, deviceID: "d'$").wants(stored("d'$")))
    }

    @Test func `A filter finds the interface that a message is marked with, wherever it stands among the properties`() {
        let filter = EventFilter(deviceID: "d", interfaceID: "urn:a:1")
        func stored(_ properties: [(String, String)], body: String = "{}") -> StoredEvent {
            var event = DeviceEvent(
                enqueuedTime: .never, source: .deviceMessages, deviceID: "d", body: Array(body.utf8))
            for (name, value) in properties { event.systemProperties.set(name, value) }
            return StoredEvent(sequence: 1, EncodedEvent(event))
        }
        let mark = ("iothub-interface-id", "urn:a:1")
        #expect(filter.wants(stored([mark])))
        #expect(filter.wants(stored([("message-id", "\"quoted\""), mark, ("user-id", "u")])))
        #expect(filter.wants(stored([("message-id", String(repeating: "m", count: 60_000)), mark])))
        #expect(!filter.wants(stored([])))
        #expect(!filter.wants(stored([("iothub-interface-id", "urn:a:12")])))
        #expect(!filter.wants(stored([("message-id", "iothub-interface-id\":\"urn:a:1")])))
        #expect(stored([mark]).deviceID == "d")
    }

    @Test func `What a sender says is no mark, wherever it says it`() {
        let filter = EventFilter(interfaceID: "urn:a:1")
        let mark = #"{"iothub-interface-id":"urn:a:1"}"#
        for body in [mark, #"{"systemProperties":\#(mark)}"#] {
            var event = message(body)
            #expect(event.bodyIsJSON)
            event.properties.set("iothub-interface-id", "urn:a:1")
            #expect(!filter.wants(StoredEvent(sequence: 1, EncodedEvent(event))))
            event.systemProperties.set("iothub-interface-id", "urn:a:1")
            #expect(filter.wants(StoredEvent(sequence: 1, EncodedEvent(event))))
        }
    }

    @Test func `Of two properties with one name the later counts, in the earlier's place`() {
        var properties: EventProperties = ["a": "1", "b": "2"]
        properties.set("a", "3")
        #expect(properties.all.map(\.name) == ["a", "b"] && properties["a"] == "3")
    }
}
