import DeviceAPI
import Endpoints
import FilesAPI
import RoutingAPI
import SecurityAPI
import ServiceAPI

extension Operations {
    /// Of every room's operations, for the OpenAPI document.
    static var allDescriptions: [String: OperationDescription] {
        [
            ServiceAPI.descriptions, DeviceAPI.descriptions, FilesAPI.descriptions, SecurityAPI.descriptions,
            RoutingAPI.descriptions, descriptions,
        ].reduce(into: [:]) { all, some in all.merge(some) { $1 } }
    }

    private static var descriptions: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        all["HealthLive"] = .init("It runs.").answers(200, .object([.needed("status", .string)]))
        all["HealthReady"] = .init("It takes requests, or why not.")
            .answers(200, .object([.needed("status", .string)])).answers(503, .object([.needed("reason", .string)]))
        all["Metrics"] = .init("Prometheus text.").answers(200, .string, as: "text/plain")
        all["GetCertificateAuthorities"] = .init("TwinHub's roots.").answers(200, .string, as: "application/x-pem-file")
        all["Emulator_GetOpenAPI"] = .init("This document.").answers(200, .object([.needed("openapi", .string)]))
        return all
    }
}
