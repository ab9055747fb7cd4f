import Events
import Hub
import Vocabulary

/// Routes events by what the hub's owner has declared. Twins are read as they stand when the event comes by, so after the
/// change that it tells of (twins.md section 11.1).
public final class Router: EventRouter {
    private let hub: Hub

    private let plans = PlanCache()

    public init(_ hub: Hub) { self.hub = hub }

    public func routing() -> (@Sendable (inout DeviceEvent) -> Void)? {
        guard let declaration = hub.routing, let table = plans.plan(of: declaration)?.table else { return nil }
        return { [hub] event in
            let twin = table.readsTwin(event.source) ? hub.entity(Self.sender(event))?.document.bytes : nil
            table.route(&event, twin: twin)
        }
    }

    private static func sender(_ event: DeviceEvent) -> TwinID {
        TwinID(trusted: event.moduleID.map { "\(event.deviceID)/\($0)" } ?? event.deviceID)
    }
}
