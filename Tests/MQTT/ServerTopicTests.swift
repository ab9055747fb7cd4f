import Testing
import Vocabulary

@testable import MQTT

@Suite struct ServerTopicTests {
    private func form(_ topic: String) -> String {
        topic.withBytes { bytes in
            do throws(MQTTFailure) {
                switch try ServerTopic(bytes) {
                case .twinResponse(let status, let requestID, let version):
                    return "twin \(status) \(string(requestID)) \(version.map(String.init) ?? "-")"
                case .desiredPatch(let version): return "desired \(version)"
                case .method(let name, let requestID): return "method \(string(name)) \(string(requestID))"
                case .other: return "other"
                }
            } catch {
                return "\(error)"
            }
        }
    }

    @Test(
        "A client reads what the hub's topics say",
        arguments: [
            ("$iothub/twin/res/200/?$rid=a%20B-1", "twin 200 a%20B-1 -"),
            ("$iothub/twin/res/204/?$rid=1&$version=6", "twin 204 1 6"),
            ("$iothub/twin/PATCH/properties/desired/?$version=12", "desired 12"),
            ("$iothub/methods/POST/reboot/?$rid=1f", "method reboot 1f"),
            ("devices/d/messages/devicebound/%24.to=x", "other"),
            ("$iothub/twin/res/204/", "requestIDMissing"),
            ("$iothub/twin/res/ok/?$rid=1", "topicNumber"),
            ("$iothub/twin/PATCH/properties/desired/", "topicNumber"),
            ("$iothub/methods/POST/reboot", "topicUnknown"),
            ("$iothub/new/", "topicUnknown"),
        ])
    func reads(topic: String, expected: String) { #expect(form(topic) == expected) }

    @Test("What the hub writes, a client reads")
    func readsWhatTheHubWrites() {
        var bytes: [UInt8] = []
        HubTopic.appendDesiredPatch(version: 7, to: &bytes)
        #expect(form(String(decoding: bytes, as: UTF8.self)) == "desired 7")
        bytes = []
        HubTopic.appendMethod("stop", requestID: "z9", to: &bytes)
        #expect(form(String(decoding: bytes, as: UTF8.self)) == "method stop z9")
    }
}
