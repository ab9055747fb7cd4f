import Testing

@testable import MQTT

@Suite struct RenderedPublishTests {
    @Test("At QoS 0 one buffer serves every client", arguments: [0, 1, 100, 127, 300, 16_400])
    func rendersOnce(_ count: Int) throws {
        let payload = [UInt8](repeating: 0x70, count: count)
        let publish = try #require(RenderedPublish(topic: Array("a/b".utf8), payload: payload))
        #expect(publish.bytes == frame(0x30, field("a/b"), payload))
        #expect(Array(publish.topic) == Array("a/b".utf8))
        #expect(Array(publish.payload) == payload)
    }

    @Test("At QoS 1 it differs by the packet id and DUP only", arguments: [0, 1, 120, 121, 122, 16_400])
    func addsPacketID(_ count: Int) throws {
        let payload = [UInt8](repeating: 0x70, count: count)
        let publish = try #require(RenderedPublish(topic: Array("a/b".utf8), payload: payload))
        var output: [UInt8] = [1]
        publish.append(packetID: 0x1234, to: &output)
        #expect(output == [1] + frame(0x32, field("a/b"), [0x12, 0x34], payload))
        output = []
        publish.append(packetID: 7, isDuplicate: true, to: &output)
        #expect(output == frame(0x3A, field("a/b"), [0, 7], payload))
        output = []
        publish.appendHead(packetID: 7, to: &output)
        #expect(output + publish.payload == frame(0x32, field("a/b"), [0, 7], payload))
    }

    @Test("A topic that no packet can hold is not rendered")
    func boundsTopics() {
        let longest = [UInt8](repeating: 0x61, count: MQTTLimits.fieldBytes)
        #expect(RenderedPublish(topic: longest, payload: []) != nil)
        #expect(RenderedPublish(topic: longest + [0x61], payload: []) == nil)
    }
}
