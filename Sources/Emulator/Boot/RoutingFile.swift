import Events
import Hub
import JSON
import Routing
import RoutingAPI
import Vocabulary

/// A declaration of routes, endpoints and enrichments that stands in a file.
struct RoutingFile {
    private let file: String
    private let plan: RoutingPlan

    /// - Throws: `StartFailure` with what is wrong with it.
    init(_ file: String) throws(StartFailure) {
        self.file = file
        guard let bytes = Files.read(file) else { throw StartFailure("--routing \(file): \(SystemError.text())") }
        let body: JSONValue
        do {
            body = try JSONDocument(parsing: bytes).root
        } catch {
            throw StartFailure("--routing \(file): \(error)")
        }
        do throws(HubError) {
            plan = try RoutingPlan(body)
        } catch {
            throw StartFailure("--routing \(file): \(error.text)")
        }
    }

    /// - Throws: where the hub has a declaration of another version, which this one cannot follow.
    static func checkDeclared(in hub: Hub) throws(StartFailure) {
        guard let declaration = hub.routing else { return }
        do throws(HubError) {
            _ = try RoutingPlan(declaration)
        } catch {
            throw StartFailure("the hub's routes cannot be followed: \(error.text) `--routing FILE` gives it others.")
        }
    }

    /// From now on the hub does as the file says; nothing is written where it does already.
    func declare(to hub: Hub, with events: EventStore, deliveries: Deliveries) throws(StartFailure) {
        do throws(HubError) {
            try deliveries.check(plan)
        } catch {
            throw StartFailure("--routing \(file): \(error.text)")
        }
        deliveries.declaring(to: hub, events)
        let origin = Origin(principal: "hub", requestID: hub.environment.requestID(), transport: "hub")
        if case .refused(let error) = hub.execute(.putRouting(plan.declaration), origin: origin) {
            throw StartFailure("--routing \(file): \(error.text)")
        }
    }
}
