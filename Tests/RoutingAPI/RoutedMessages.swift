import Dispatch
import Events
import Journal
import Synchronization
import Testing
import Vocabulary

@testable import RoutingAPI

let endpointName = "there"

/// Sends every event to one endpoint, but for those whose body is `0`.
struct ToOneEndpoint: EventRouter {
    func routing() -> (@Sendable (inout DeviceEvent) -> Void)? {
        { $0.routing = EventRouting(endpoints: $0.body == Array("0".utf8) ? [] : [endpointName]) }
    }
}

func event(_ text: String, _ time: Timestamp = Timestamp(unixSeconds: 1_800_000_000)) -> DeviceEvent {
    DeviceEvent(
        enqueuedTime: time, source: .deviceMessages, deviceID: "d",
        systemProperties: ["content-type": "application/json", "content-encoding": "utf-8"], properties: ["p": "v"],
        body: Array(text.utf8))
}

extension EventStore {
    func appendAndWait(_ texts: [String]) throws {
        try appendAndWait(texts.map { event($0) })
    }

    func appendAndWait(_ events: [DeviceEvent]) throws {
        let refusal = Mutex<EventRefusal?>(nil)
        let done = DispatchSemaphore(value: 0)
        append(events) { outcome in
            refusal.withLock { $0 = outcome }
            done.signal()
        }
        done.wait()
        #expect(refusal.withLock { $0 } == nil)
    }
}

/// Messages on their way, with bodies and times.
func routed(_ list: [(text: String, time: Timestamp)]) throws -> [RoutedMessage] {
    struct Always: EventRouter {
        func routing() -> (@Sendable (inout DeviceEvent) -> Void)? {
            { $0.routing = EventRouting(endpoints: [endpointName]) }
        }
    }
    let store = try EventStore(log: MemoryLog(), router: Always())
    try store.appendAndWait(list.map { event($0.text, $0.time) })
    guard case .events(let events) = store.recent(after: 0, limit: .max) else { return [] }
    return events.compactMap { RoutedMessage($0, to: endpointName) }
}
