import Emulator
import Glibc
import Synchronization

/// One of the hub's feeds, followed for a person until the command is stopped: also while the server is away, and when it
/// comes back, on other ports perhaps.
struct LiveFeed {
    /// Its path.
    let path: String
    /// The query behind it, without `after`.
    var query: [(name: String, value: String)] = []
    /// The metric that counts its entries.
    let counter: String
    /// What its stream calls an entry.
    let entry: String

    /// How long it waits before it connects again, in seconds.
    private static let retrySeconds: UInt32 = 1

    /// Follows it; each entry's JSON goes to the callback. From here on nothing is missed.
    ///
    /// - Parameter after: begins behind this sequence; nil is from now on.
    /// - Throws: where the server refuses to go on, since it does not know what was seen or keeps it no longer.
    func follow(
        _ server: ServerOption, after: UInt64?, _ receive: @escaping @Sendable (_ data: String) -> Void
    ) throws -> Never {
        // A reader such as `head` that has seen enough ends the command in silence.
        signal(SIGPIPE, SIG_DFL)
        let last = Mutex(try after ?? server.client().count(counter))
        let gone = Mutex<String?>(nil)
        let isLost = Atomic(false)
        let entry = entry
        while true {
            do {
                try server.client().follow(target(after: last.withLock { $0 })) {
                    isLost.store(false, ordering: .relaxed)
                } _: { event in
                    if event.name == "gone" { gone.withLock { $0 = HubClient.message(in: event.data.utf8) } }
                    guard event.name == entry else { return }
                    if let sequence = event.id { last.withLock { $0 = sequence } }
                    receive(event.data)
                }
            } catch let refusal as HubClient.Refusal {
                throw StartFailure(refusal.description)
            } catch {
                if !isLost.exchange(true, ordering: .relaxed) {
                    StandardError.write("twinhub: \(error); trying again\n")
                }
            }
            if let reason = gone.withLock({ $0 }) { throw StartFailure(reason) }
            sleep(Self.retrySeconds)
        }
    }

    private func target(after sequence: UInt64) -> String {
        let parameters = query.map { "&\($0.name)=\(PathSegment.encode($0.value))" }.joined()
        return "\(path)?after=\(sequence)\(parameters)"
    }
}
