import Endpoints

extension RoutingAPI {
    /// For the OpenAPI document, by operation.
    public static var descriptions: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        all["Emulator_GetRouting"] = .init("Read what is declared about routes.").answers(200, .object([]))
        all["Emulator_PutRouting"] = .init("Declare endpoints, routes and enrichments.").takes(.object([]))
            .answers(200, .object([]))
        all["Emulator_DeleteRouting"] = .init("Everything goes to the built-in endpoint again.").answers(204)
        all["Emulator_TestRoute"] = .init("Whether a route would take a message.")
            .takes(
                .object([
                    .needed("route", .object([])), .optional("message", .object([])), .optional("twin", .object([])),
                ])
            ).answers(
                200,
                .object([.needed("result", .words(["true", "false", "undefined"])), .needed("details", .object([]))]))
        all["Emulator_TestAllRoutes"] = .init("Which routes would take a message.")
            .takes(
                .object([
                    .optional("routingSource", .string), .optional("message", .object([])),
                    .optional("twin", .object([])),
                ])
            ).answers(200, .object([.needed("routes", .array(of: .object([])))]))
        all["Emulator_GetEndpointHealth"] = .init("Say how endpoints fare to which events are brought.")
            .answers(200, .object([.needed("value", .array(of: .object([])))]))
        return all
    }
}
