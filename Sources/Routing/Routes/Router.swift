import Events
import Hub
import Synchronization
import Vocabulary

/// Routes events by what the hub's owner has declared. Twins are read as they stand when the event comes by, so after the
/// change that it tells of (twins.md section 11.1).
public final class Router: EventRouter {
    private let hub: Hub

    /// The table with the declaration of which it was made.
    private struct Known {
        var declaration: RoutingDeclaration
        /// Nil for what this version cannot read.
        var table: RoutingTable?
    }
    private let known = Mutex<Known?>(nil)

    public init(_ hub: Hub) { self.hub = hub }

    public func routing() -> (@Sendable (inout DeviceEvent) -> Void)? {
        guard let declaration = hub.routing, let table = table(of: declaration) else { return nil }
        return { [hub] event in
            let twin = table.readsTwin(event.source) ? hub.entity(Self.sender(event))?.document.bytes : nil
            table.route(&event, twin: twin)
        }
    }

    /// Made once for each declaration. The bytes of one that has stayed are the same array, so that comparing costs nothing.
    private func table(of declaration: RoutingDeclaration) -> RoutingTable? {
        known.withLock { known in
            if let known, known.declaration == declaration { return known.table }
            let table = (try? RoutingPlan(declaration))?.table
            known = Known(declaration: declaration, table: table)
            return table
        }
    }

    private static func sender(_ event: DeviceEvent) -> TwinID {
        TwinID(trusted: event.moduleID.map { "\(event.deviceID)/\($0)" } ?? event.deviceID)
    }
}
