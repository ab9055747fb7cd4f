import Dispatch
import Events
import Glibc
import JSON
import Journal
import Synchronization
import Vocabulary

let someTime = Timestamp(unixSeconds: 1_790_000_000, nanoseconds: 123_000_000)

/// A device's message of a test.
func message(_ text: String, from device: String = "d1", source: EventSource = .deviceMessages) -> DeviceEvent {
    DeviceEvent(
        enqueuedTime: someTime, source: source, deviceID: device,
        systemProperties: ["content-type": "application/json", "content-encoding": "utf-8"], body: Array(text.utf8))
}

/// A notice of the hub's own of a test.
func notification(
    _ text: String, of id: String = "d1", source: EventSource = .twinChangeEvents, at time: Timestamp = someTime
) -> HubNotification {
    HubNotification(
        source, schema: "twinChangeNotification", operation: "updateTwin", of: TwinID(trusted: id), at: time,
        correlation: "c", hub: "hub", body: Array(text.utf8))
}

extension EventStore {
    /// Appends and waits; nil where the events were taken.
    func appendAndWait(_ events: [DeviceEvent]) -> EventRefusal? {
        wait { append(events, then: $0) }
    }

    func appendAndWait(
        _ notifications: [(hubSequence: UInt64, notification: HubNotification)], tellingThrough sequence: UInt64
    ) -> EventRefusal? {
        wait { append(notifications, tellingThrough: sequence, then: $0) }
    }

    private func wait(_ append: (@escaping @Sendable (EventRefusal?) -> Void) -> Void) -> EventRefusal? {
        let outcome = Mutex<EventRefusal?>(nil)
        let done = DispatchSemaphore(value: 0)
        append { refusal in
            outcome.withLock { $0 = refusal }
            done.signal()
        }
        done.wait()
        return outcome.withLock { $0 }
    }

    /// Every event after a sequence, as a reader sees it.
    func documents(after sequence: UInt64 = 0) -> [JSONValue] {
        let found = Mutex<[StoredEvent]>([])
        let isOver = Mutex(false)
        let done = DispatchSemaphore(value: 0)
        while !isOver.withLock({ $0 }) {
            read(after: found.withLock { $0.last?.sequence } ?? sequence, limit: 100) { page in
                if case .events(let events) = page, !events.isEmpty {
                    found.withLock { $0 += events }
                } else {
                    isOver.withLock { $0 = true }
                }
                done.signal()
            }
            done.wait()
        }
        return found.withLock { $0 }.compactMap { event in
            var json = JSONWriter()
            event.write(to: &json)
            return try? JSONDocument(parsing: json.bytes).root
        }
    }

    var bodies: [String] { documents().map { String(decoding: $0["body"]?.raw ?? [], as: UTF8.self) } }
}

/// A folder that goes with the test.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/event-tests-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    deinit {
        for name in names { unlink(path + "/" + name) }
        rmdir(path)
    }
}
