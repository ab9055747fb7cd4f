import Access
import HTTP
import JSON
import Vocabulary

/// The OpenAPI 3.1 document of a route table. Path, method, name, captures, api-version and permission come from the routes
/// themselves; what else an operation takes and answers, from its description. What has none takes and answers anything.
public struct OpenAPIDocument {
    private var json = JSONWriter(capacity: 128 << 10)
    private var schemas = SchemaWriter()
    private let routes: [Route]
    private let descriptions: [String: OperationDescription]

    /// The route that answers with the document of these routes and of itself. It is written when it is asked for.
    ///
    /// - Parameter descriptions: by the name of the operation.
    public static func route(
        of routes: [Route], _ descriptions: @escaping @Sendable () -> [String: OperationDescription]
    ) -> Route {
        Route(.get, "/emulator/openapi.json", "Emulator_GetOpenAPI", .open) { (call) throws(HubError) in
            .now(.json(bytes(of: routes + [call.route], descriptions())))
        }
    }

    static func bytes(of routes: [Route], _ descriptions: [String: OperationDescription]) -> [UInt8] {
        var document = OpenAPIDocument(routes, descriptions)
        document.write()
        return document.json.bytes
    }

    private init(_ routes: [Route], _ descriptions: [String: OperationDescription]) {
        self.routes = routes
        self.descriptions = descriptions
    }

    private mutating func write() {
        json.beginObject()
        json.key("openapi")
        json.value("3.1.0")
        json.key("info")
        json.raw(#"{"title":"TwinHub, a local emulator of Azure IoT Hub","version":"2021-04-12"}"#.utf8)
        json.key("servers")
        json.raw(#"[{"url":"/"}]"#.utf8)
        json.key("security")
        json.raw(#"[{"sharedAccessSignature":[]}]"#.utf8)
        json.key("paths")
        writePaths()
        json.key("components")
        json.beginObject()
        json.key("securitySchemes")
        json.raw(#"{"sharedAccessSignature":{"type":"apiKey","in":"header","name":"Authorization"}}"#.utf8)
        json.key("responses")
        writeErrorResponse()
        json.key("schemas")
        schemas.writeNamed(to: &json)
        json.endObject()
        json.endObject()
    }

    private mutating func writePaths() {
        // In the table's order, each path where it is first met.
        var order: [String] = []
        var operations: [String: [Route]] = [:]
        for route in routes {
            let path = route.documentedPath
            if operations[path] == nil { order.append(path) }
            operations[path, default: []].append(route)
        }
        json.beginObject()
        for path in order {
            json.key(path)
            json.beginObject()
            for route in operations[path] ?? [] {
                json.key(route.method.name.lowercased())
                OperationWriter(route, descriptions[route.operation]).write(to: &json, &schemas)
            }
            json.endObject()
        }
        json.endObject()
    }

    /// What every refusal looks like; operations refer to it.
    private mutating func writeErrorResponse() {
        json.beginObject()
        json.key("Error")
        json.beginObject()
        json.key("description")
        json.value("Refused; `iothub-errorcode` names the reason.")
        json.key("headers")
        json.raw(#"{"iothub-errorcode":{"required":true,"schema":{"type":"string"}}}"#.utf8)
        json.key("content")
        OperationWriter.write(content: ["application/json"], .error, to: &json, &schemas)
        json.endObject()
        json.endObject()
    }
}

extension Route {
    /// The pattern as OpenAPI writes it: what a tail captures is a parameter like any other.
    fileprivate var documentedPath: String { pattern.hasSuffix("...}") ? String(pattern.dropLast(4)) + "}" : pattern }

    /// The names of the pattern's `{…}` segments, in their order.
    var captureNames: [String] {
        documentedPath.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().dropLast()) }
    }
}
