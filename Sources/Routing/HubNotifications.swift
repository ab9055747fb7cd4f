import Events
import Hub
import Twins
import Vocabulary

/// What the hub's own events are to a back end: twin changes and lifecycle events (twins.md section 11). A function of the
/// log's record alone, so that it can be made at any time and is the same each time.
enum HubNotifications {
    /// None for what no back end is told of. A seed tells of each of its identities.
    ///
    /// A reset tells of nothing: the real hub has none, and what its devices were goes on standing in the store as history.
    static func notifications(of recorded: RecordedEvent) -> [HubNotification] {
        switch recorded.event {
        case .identityCreated(let identity, let seed): return [creation(identity.id, seed, recorded)]
        case .identityDeleted(let id, _, let last):
            return [lifecycle("deleteDeviceIdentity", id, last, recorded)]
        case .seeded(let identities, _):
            return identities.map { creation($0.identity.id, $0.seed, recorded) }
        case .twinPatched(let id, let patch, let effect):
            let body = TwinChangeBody.patch(
                patch, version: effect.version, desiredVersion: effect.desiredVersion, at: recorded.time,
                by: effect.configuration)
            return [change("updateTwin", id, body, recorded)]
        case .twinReported(let id, let patch, let effect):
            let body = TwinChangeBody.report(
                patch, version: effect.version, reportedVersion: effect.reportedVersion, at: recorded.time)
            return [change("updateTwin", id, body, recorded)]
        case .twinReplaced(let id, _, let effect):
            return [change("replaceTwin", id, effect.twin ?? Array("{}".utf8), recorded)]
        // Where another link was in its place, that one's end is told by nobody: the device is connected, and a notice that
        // it is not would be the last that some readers look at (mqtt.md section 2.6).
        case .linkOpened(let id, _, _): return [connection(id, isConnected: true, recorded)]
        case .linkClosed(let id, _): return [connection(id, isConnected: false, recorded)]
        case .identityUpdated, .reset, .sessionUpdated, .messageEnqueued, .messageSettled, .messageAbandoned,
            .feedbackCompleted, .authority, .defender, .configuration, .job, .registryJob, .routingUpdated:
            return []
        }
    }

    private static func creation(_ id: TwinID, _ seed: TwinSeed?, _ recorded: RecordedEvent) -> HubNotification {
        // A seed that the hub has taken in fits into a twin.
        let twin = (try? Twin.announced(seed, at: recorded.time)) ?? .fresh(at: .never, kind: .module)
        return lifecycle("createDeviceIdentity", id, twin.eventBody(of: id), recorded)
    }

    /// Modules use the same names (twins.md section 11).
    private static func lifecycle(
        _ operation: String, _ id: TwinID, _ body: [UInt8], _ recorded: RecordedEvent
    ) -> HubNotification {
        HubNotification(
            .deviceLifecycleEvents, schema: "deviceLifecycleNotification", operation: operation, of: id,
            at: recorded.time, correlation: correlation(recorded), hub: HubName.name, body: body)
    }

    private static func connection(_ id: TwinID, isConnected: Bool, _ recorded: RecordedEvent) -> HubNotification {
        ConnectionStateEvent.make(
            of: id, isConnected: isConnected, number: recorded.sequence, at: recorded.time,
            correlation: correlation(recorded))
    }

    private static func change(
        _ operation: String, _ id: TwinID, _ body: [UInt8], _ recorded: RecordedEvent
    ) -> HubNotification {
        HubNotification(
            .twinChangeEvents, schema: "twinChangeNotification", operation: operation, of: id, at: recorded.time,
            correlation: correlation(recorded), hub: HubName.name, body: body)
    }

    /// The beginning of the id of the request that caused it, which its answer carried in `x-ms-request-id`.
    private static func correlation(_ recorded: RecordedEvent) -> String {
        guard let id = recorded.origin?.requestID else { return String(recorded.sequence, radix: 16) }
        return id.beginning
    }
}
