import Hub
import MQTT
import Testing

@testable import DeviceAPI

/// A message's properties between the hub's names and a topic's (mqtt.md section 4).
@Suite struct MessageBagsTests {
    private func bag(_ text: String) -> PropertyBag { Array(text.utf8).withUnsafeBytes { PropertyBag(parsing: $0) } }

    private func text(_ bag: PropertyBag) -> String {
        var bytes: [UInt8] = []
        bag.append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: MessageProperty.allCases)
    func `Each system property goes to the topic by its name and comes back`(_ property: MessageProperty) {
        var content = MessageContent(body: [1])
        content.set(property, "wert & 1")
        let bag = PropertyBag(content)
        #expect(bag[property.mqttName] == "wert & 1")
        #expect(text(bag).hasPrefix("%24."))
        let back = self.bag(text(bag)).content(body: [1])
        #expect(back[property] == "wert & 1" && back.application.isEmpty && back.body == [1])
    }

    @Test func `Names that the hub does not know are the application's, a name alone is null`() {
        let content = bag("?%24.mid=m&a=1&b=&c&$.x=2&A=3/").content(body: [])
        #expect(content[.messageID] == "m" && content.system.count == 1)
        #expect(content.application.map(\.name) == ["a", "b", "c", "$.x", "A"])
        #expect(content.application.map(\.value) == ["1", "", nil, "2", "3"])
        // Java's SDK throws on a name alone.
        #expect(text(PropertyBag(content)) == "%24.mid=m&a=1&b=&%24.x=2&A=3")
    }
}
