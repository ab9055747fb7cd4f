import Testing
import Vocabulary

@testable import MQTT

@Suite struct HubTopicTests {
    private func topic(_ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("The answer to a twin operation has the request's id first, as it came, and three digits of status")
    func writesTwinResponses() {
        let answer = topic { bytes in
            "a%20B-1".withBytes { HubTopic.appendTwinResponse(status: 200, requestID: $0, to: &bytes) }
        }
        #expect(answer == "$iothub/twin/res/200/?$rid=a%20B-1")
        let patched = topic { bytes in
            "1".withBytes { HubTopic.appendTwinResponse(status: 204, requestID: $0, version: 6, to: &bytes) }
        }
        #expect(patched == "$iothub/twin/res/204/?$rid=1&$version=6")
        let short = topic { bytes in
            "1".withBytes { HubTopic.appendTwinResponse(status: 7, requestID: $0, to: &bytes) }
        }
        #expect(short == "$iothub/twin/res/007/?$rid=1")
    }

    @Test("A desired change has its version in the sixth level")
    func writesDesiredPatches() {
        let text = topic { HubTopic.appendDesiredPatch(version: 12, to: &$0) }
        #expect(text == "$iothub/twin/PATCH/properties/desired/?$version=12")
        #expect(text.split(separator: "/")[5] == "?$version=12")
    }

    @Test("Nothing follows the request's id of a method")
    func writesMethods() {
        #expect(
            topic { HubTopic.appendMethod("reboot", requestID: "1f", to: &$0) }
                == "$iothub/methods/POST/reboot/?$rid=1f")
    }

    @Test("Commands and inputs end with the bag, and a slash before it always")
    func writesMessages() {
        var bag = PropertyBag()
        bag.set(.messageID, to: "m 1")
        bag.set("k", to: "v")
        let device = TwinID(trusted: "d")
        let module = TwinID(trusted: "d/m")
        #expect(
            topic { HubTopic.appendCommand(to: device, bag, to: &$0) }
                == "devices/d/messages/devicebound/%24.mid=m%201&k=v")
        #expect(
            topic { HubTopic.appendCommand(to: module, PropertyBag(), to: &$0) }
                == "devices/d/modules/m/messages/devicebound/")
        #expect(
            topic { HubTopic.appendInput("in", of: module, PropertyBag(), to: &$0) } == "devices/d/modules/m/inputs/in/"
        )
        #expect(
            topic { HubTopic.appendInput("in", of: module, bag, to: &$0) }
                == "devices/d/modules/m/inputs/in/%24.mid=m%201&k=v")
    }
}
