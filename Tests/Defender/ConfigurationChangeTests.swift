import JSON
import Testing

@testable import Defender

@Suite("Changing a configuration without springing the reset trap")
struct ConfigurationChangeTests {
    @Test("a change carries the complete object, and the agent that reads only the patch is right")
    func complete() throws {
        let present = try Examples.desired(Examples.minimal)
        let change = try ConfigurationChange(parsing: "highPriorityMessageFrequency=PT5M", of: .classic)
        let patch = try JSONDocument(parsing: CompleteConfiguration.patch(of: present, [change], in: .classic)).root
        guard case .accepted(let configuration) = ConfigurationReader.read(patch, as: .c) else {
            Issue.record("it was refused")
            return
        }
        #expect(configuration["highPriorityMessageFrequency"]?.text == "PT5M")
        #expect(configuration["eventPriorityConnectionCreate"] == .word("High"))
        #expect(CompleteConfiguration.keysReset(by: patch, leaving: patch, in: .classic).isEmpty)
    }

    @Test("a reset removes the key and keeps the others; the last change to a key counts")
    func reset() throws {
        let present = try Examples.desired(Examples.minimal)
        let changes = [
            try ConfigurationChange(parsing: "eventPriorityConnectionCreate=off", of: .classic),
            try ConfigurationChange(key: "eventPriorityConnectionCreate", value: nil, of: .classic),
        ]
        #expect(
            String(
                decoding: try CompleteConfiguration.patch(of: present, changes, in: .classic), as: UTF8.self)
                == "{\"\(SecurityModule.objectName)\":{\"highPriorityMessageFrequency\":{\"value\":\"PT7M\"},\"eventPriorityConnectionCreate\":null}}"
        )
    }

    @Test("the micro agent's keys stand at the root")
    func micro() throws {
        let change = try ConfigurationChange(parsing: "Process_Mode=2", of: .micro)
        let patch = try CompleteConfiguration.patch(of: try Examples.json("{\"Other\":1}"), [change], in: .micro)
        #expect(String(decoding: patch, as: UTF8.self) == "{\"Process_Mode\":2}")
    }

    @Test(
        "what an agent would refuse is refused with what was expected",
        arguments: [
            "snapshotFrequency=P1W", "snapshotFrequency=PT0S", "snapshotFrequency=", "maxMessageSizeInBytes=1",
            "maxMessageSizeInBytes=300000", "maxMessageSizeInBytes=-1", "eventPriorityLogin=Urgent",
            "aggregationEnabledProcessCreate=1", "nothing=1", "eventPriorityLogin",
        ])
    func refused(text: String) {
        #expect(throws: ConfigurationChange.Failure.self) {
            try ConfigurationChange(parsing: text, of: .classic)
        }
    }

    @Test("only keys that are not carried and not at their default are reset")
    func keysReset() throws {
        let desired = try Examples.desired(
            "\"highPriorityMessageFrequency\":{\"value\":\"PT5M\"},\"eventPriorityConnectionCreate\":{\"value\":\"High\"},\"eventPriorityLogin\":{\"value\":\"high\"},\"foreign\":{\"value\":1}"
        )
        let patch = try Examples.desired("\"highPriorityMessageFrequency\":{\"value\":\"PT5M\"}")
        #expect(
            CompleteConfiguration.keysReset(by: patch, leaving: desired, in: .classic)
                == ["eventPriorityConnectionCreate"])
        #expect(
            CompleteConfiguration.keysReset(by: try Examples.json("{\"x\":1}"), leaving: desired, in: .classic)
                == ["highPriorityMessageFrequency", "eventPriorityConnectionCreate"])
        #expect(CompleteConfiguration.keysReset(by: patch, leaving: desired, in: .micro).isEmpty)
    }

    @Test("a present value that agents refuse stops the change, unless it is changed too")
    func badPresent() throws {
        let present = try Examples.desired("\"eventPriorityLogin\":{\"value\":1}")
        let change = try ConfigurationChange(parsing: "snapshotFrequency=PT1H", of: .classic)
        #expect(throws: ConfigurationChange.Failure.self) {
            try CompleteConfiguration.patch(of: present, [change], in: .classic)
        }
        let reset = try ConfigurationChange(key: "eventPriorityLogin", value: nil, of: .classic)
        #expect(throws: Never.self) {
            try CompleteConfiguration.patch(of: present, [change, reset], in: .classic)
        }
    }

    @Test("a patch that every agent refuses resets nothing")
    func refusedPatch() throws {
        let desired = try Examples.desired(
            "\"snapshotFrequency\":{\"value\":5},\"eventPriorityLogin\":{\"value\":\"Off\"}")
        let patch = try Examples.desired("\"snapshotFrequency\":{\"value\":5}")
        #expect(CompleteConfiguration.keysReset(by: patch, leaving: desired, in: .classic).isEmpty)
    }

    @Test("an object that is none cannot be changed")
    func noObject() throws {
        let present = try Examples.json("{\"\(SecurityModule.objectName)\":7}")
        #expect(throws: ConfigurationChange.Failure.notAnObject) {
            try CompleteConfiguration.patch(of: present, [], in: .classic)
        }
    }
}
