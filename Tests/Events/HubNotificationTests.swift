import Testing
import Vocabulary

@testable import Events

@Suite struct HubNotificationTests {
    static let notifications = [
        notification("{\"version\":7}"), notification("{}", of: "d1/m1"),
        notification("{}", of: "d'$/m-1", source: .deviceLifecycleEvents, at: .never),
        notification("{}", source: .deviceConnectionStateEvents, at: Timestamp(ticks: someTime.ticks + 1)),
    ]

    @Test(arguments: notifications)
    func `What is stored is the same whether or not somebody looked into it`(_ told: HubNotification) {
        #expect(EncodedEvent(told, hubSequence: 9).object == EncodedEvent(told.event, hubSequence: 9).object)
    }

    @Test func `Routes find source, device and time among its properties`() {
        let event = notification("{}", of: "d1/m1").event
        #expect(event.deviceID == "d1" && event.moduleID == "m1" && event.source == .twinChangeEvents)
        #expect(event.systemProperties["iothub-message-source"] == "twinChangeEvents")
        #expect(event.systemProperties["iothub-connection-module-id"] == "m1")
        #expect(event.properties["opType"] == "updateTwin" && event.properties["hubName"] == "hub")
        #expect(event.properties["operationTimestamp"] == "2026-09-21T14:13:20.1230000Z")
    }
}
