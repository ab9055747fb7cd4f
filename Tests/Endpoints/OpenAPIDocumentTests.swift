import HTTP
import JSON
import Testing

@testable import Endpoints

@Suite("OpenAPI document") struct OpenAPIDocumentTests {
    private static let routes = [
        Route(.get, "/files/{device}", "Files_Get", .anyOf([.registryRead, .serviceConnect])) { _ in .later },
        Route(.put, "/files/{device}", "Files_Put", .open) { _ in .later },
        Route(.get, "/emulator/tail/{name...}", "Tail_Get", .device) { _ in .later },
    ]

    private static let descriptions: [String: OperationDescription] = [
        "Files_Get": .init("Read a file.").query("top", .count).conditional()
            .answers(200, .named("File", .object([.needed("name", .string), .optional("of", .nullable(.time))]))),
        "Tail_Get": .init("Another protocol's.").foreign(),
    ]

    private static func paths() throws -> JSONValue {
        try #require(JSONDocument(parsing: OpenAPIDocument.bytes(of: routes, descriptions)).root["paths"])
    }

    private static func names(_ object: JSONValue?) -> Set<String> { Set(object?.members.map(\.key) ?? []) }

    @Test("paths stand once with all their methods, a tail as a parameter")
    func paths() throws {
        let paths = try Self.paths()
        #expect(paths.members.map(\.key) == ["/files/{device}", "/emulator/tail/{name}"])
        #expect(Self.names(paths["/files/{device}"]) == ["get", "put"])
    }

    @Test("an operation has its route's name, captures and permissions, and what its description says")
    func described() throws {
        let operation = try #require(Self.paths()["/files/{device}"]?["get"])
        #expect(operation["operationId"]?.string == "Files_Get")
        #expect(operation["summary"]?.string == "Read a file.")
        #expect(operation["description"]?.string == "Needs RegistryRead or ServiceConnect.")
        let parameters = operation["parameters"]?.elements.map {
            "\($0["in"]?.string ?? "") \($0["name"]?.string ?? "")"
        }
        #expect(parameters == ["path device", "query api-version", "query top", "header If-Match"])
        let responses = try #require(operation["responses"])
        #expect(Self.names(responses).isSuperset(of: ["200", "400", "401", "404", "412", "429"]))
        #expect(!Self.names(responses).contains("default"))
        let schema = responses["200"]?["content"]?["application/json"]?["schema"]
        #expect(schema?["$ref"]?.string == "#/components/schemas/File")
    }

    @Test(
        "what a rate limits may answer 429, and what counts as a message of the day 403",
        arguments: [
            ("Devices_GetTwin", true), ("Modules_InvokeMethod", true), ("Device_SendDeviceEvent", true),
            ("Query_GetTwins", false), ("Devices_GetDevices", false), ("Emulator_Reset", false),
        ])
    func throttled(_ name: String, isMessage: Bool) throws {
        let route = Route(.get, "/it", name, .anyOf(.serviceConnect)) { _ in .later }
        let bytes = OpenAPIDocument.bytes(of: [route], [name: .init("It.").answers(204)])
        let operation = try JSONDocument(parsing: bytes).root["paths"]?["/it"]?["get"]
        let statuses = Self.names(operation?["responses"])
        #expect(statuses.contains("429") && statuses.contains("403") == isMessage)
    }

    @Test("what has a name is written once, and what it refers to as well")
    func schemas() throws {
        let document = try JSONDocument(parsing: OpenAPIDocument.bytes(of: Self.routes, Self.descriptions)).root
        let schemas = document["components"]?["schemas"]
        #expect(Self.names(schemas) == ["Error", "ErrorMessage", "File", "NumericError"])
        #expect(schemas?["File"]?["required"]?.elements.compactMap(\.string) == ["name"])
    }

    @Test("what is not described, or another protocol's, may answer anything")
    func undescribed() throws {
        let paths = try Self.paths()
        #expect(Self.names(paths["/files/{device}"]?["put"]?["responses"]) == ["default"])
        #expect(paths["/files/{device}"]?["put"]?["security"]?.count == 0)
        #expect(Self.names(paths["/emulator/tail/{name}"]?["get"]?["responses"]) == ["default"])
    }

    @Test("api-version is needed on the hub's paths only")
    func version() throws {
        let paths = try Self.paths()
        func isNeeded(_ path: String) -> Bool? {
            paths[path]?["get"]?["parameters"]?.elements.first { $0["name"]?.string == "api-version" }?["required"]?
                .bool
        }
        #expect(isNeeded("/files/{device}") == true)
        #expect(isNeeded("/emulator/tail/{name}") == nil)
    }
}
