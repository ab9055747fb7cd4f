import HTTP
import Testing
import Vocabulary

@testable import Endpoints

/// What a path and a method lead to, in a table with the shapes that the API has.
@Suite struct RouteMatchTests {
    private static let table = RouteTable(
        [
            (.get, "/devices"), (.post, "/devices"), (.post, "/devices/query"), (.get, "/devices/{device}"),
            (.put, "/devices/{device}"), (.delete, "/devices/{device}"), (.get, "/devices/{device}/modules"),
            (.get, "/devices/{device}/modules/{module}"), (.post, "/emulator/reset"), (.post, "/jobs/v2/{id}/cancel"),
            (.get, "/jobs/{id}"), (.get, "/jobs/v2/query"), (.get, "/jobs/v2/{id}"),
        ].map { (method: HTTPMethod, pattern: String) in
            Route(method, pattern, "\(method.name) \(pattern)", .open) { _ in .later }
        })

    private static func match(_ method: HTTPMethod, _ path: String) -> RouteTable.Match {
        // As long as the request is there its captures are; the tests' paths are there to the end.
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: path.utf8.count, alignment: 1)
        bytes.copyBytes(from: path.utf8)
        return table.match(method, path: UnsafeRawBufferPointer(bytes))
    }

    private static func allowed(_ method: HTTPMethod, _ path: String) -> Set<HTTPMethod>? {
        guard case .methodNotAllowed(let methods) = match(method, path) else { return nil }
        #expect(Set(methods).count == methods.count)
        return Set(methods)
    }

    struct Sample: Sendable {
        let method: HTTPMethod
        let path: String
        let operation: String
        var key = ""
    }

    static let found = [
        Sample(method: .get, path: "/devices", operation: "GET /devices"),
        Sample(method: .get, path: "/devices/", operation: "GET /devices"),
        Sample(method: .get, path: "/DEVICES", operation: "GET /devices"),
        Sample(method: .head, path: "/devices", operation: "GET /devices"),
        Sample(method: .post, path: "/devices", operation: "POST /devices"),
        // Ids keep their case, and are decoded once.
        Sample(method: .get, path: "/Devices/Dev1", operation: "GET /devices/{device}", key: "Dev1"),
        Sample(method: .get, path: "/devices/dev%231/", operation: "GET /devices/{device}", key: "dev#1"),
        Sample(method: .get, path: "/devices/a%2525b+c", operation: "GET /devices/{device}", key: "a%25b+c"),
        Sample(method: .get, path: "/devices/d/MODULES", operation: "GET /devices/{device}/modules", key: "d"),
        Sample(
            method: .head, path: "/devices/d/modules/%24edgeAgent", operation: "GET /devices/{device}/modules/{module}",
            key: "d/$edgeAgent"),
        // A literal wins over a capture, unless it leads nowhere for the method.
        Sample(method: .post, path: "/devices/query", operation: "POST /devices/query"),
        Sample(method: .get, path: "/devices/query", operation: "GET /devices/{device}", key: "query"),
        Sample(method: .put, path: "/devices/QUERY", operation: "PUT /devices/{device}", key: "QUERY"),
        Sample(method: .get, path: "/devices/query/modules", operation: "GET /devices/{device}/modules", key: "query"),
        Sample(method: .get, path: "/jobs/v2/query", operation: "GET /jobs/v2/query"),
        Sample(method: .get, path: "/jobs/v2/1", operation: "GET /jobs/v2/{id}"),
        Sample(method: .get, path: "/jobs/v2", operation: "GET /jobs/{id}"),
        Sample(method: .post, path: "/jobs/v2/query/cancel", operation: "POST /jobs/v2/{id}/cancel"),
    ]

    @Test("A path and a method lead to their operation, and name its device and module", arguments: found)
    func finds(_ sample: Sample) throws {
        guard case .route(let route, let captures) = Self.match(sample.method, sample.path) else {
            Issue.record("nothing is at \(sample.path)")
            return
        }
        #expect(route.operation == sample.operation)
        #expect(captures.withKey { String(decoding: $0, as: UTF8.self) } == sample.key)
        if !sample.key.isEmpty { #expect(try captures.twinID().key == sample.key) }
    }

    @Test("Other captures are found by their names")
    func namesCaptures() {
        guard case .route(_, let captures) = Self.match(.post, "/jobs/v2/a%20b/cancel") else {
            Issue.record("nothing is there")
            return
        }
        #expect(captures["id"] == "a b")
        #expect(captures["device"] == nil)
    }

    static let missing = [
        "", "/", "//", "devices", "*", "/device", "/devicess", "//devices", "/devices//", "/devices//modules",
        "/devices/d//modules",
        "/devices/d/modules/m/x", "/devices/%zz", "/devices/%", "/devices/d/modules/%2", "/jobs", "/emulator",
        "/devices" + String(repeating: "/d", count: 12), String(repeating: "/devices", count: 4000),
    ]

    @Test("Nothing is at other paths, whatever the method", arguments: missing)
    func findsNothing(_ path: String) {
        for method in HTTPMethod.allCases {
            guard case .notFound = Self.match(method, path) else {
                Issue.record("\(method) \(path) leads somewhere")
                continue
            }
        }
    }

    @Test("A path that does not take a method says which it takes (RFC 9110 section 15.5.6)")
    func listsMethods() {
        #expect(Self.allowed(.put, "/devices") == [.get, .head, .post, .options])
        #expect(Self.allowed(.options, "/devices") == [.get, .head, .post, .options])
        #expect(Self.allowed(.other, "/devices/d/") == [.get, .head, .put, .delete, .options])
        #expect(Self.allowed(.get, "/Emulator/reset") == [.post, .options])
        #expect(Self.allowed(.head, "/emulator/reset") == [.post, .options])
        // Both what the literal takes and what the capture does.
        #expect(Self.allowed(.patch, "/devices/query") == [.get, .head, .put, .delete, .post, .options])
    }

    @Test(
        "A slash that an escape hides neither divides a path nor gets into an id",
        arguments: ["/devices/a%2Fmodules", "/devices/a%2fb"])
    func keepsHiddenSlashes(_ path: String) {
        switch Self.match(.get, path) {
        case .notFound: break
        case .methodNotAllowed: Issue.record("\(path) has other methods")
        case .route(let route, let captures):
            #expect(route.operation == "GET /devices/{device}")
            #expect(throws: HubError.self) { try captures.twinID() }
        }
    }

    @Test(
        "What is no id is an invalid argument",
        arguments: ["/devices/a%20b", "/devices/%C3%A9", "/devices/" + String(repeating: "d", count: 129)])
    func refusesIDs(_ path: String) {
        guard case .route(_, let captures) = Self.match(.get, path) else {
            Issue.record("nothing is at \(path)")
            return
        }
        let error = #expect(throws: HubError.self) { try captures.twinID() }
        #expect(error?.code == .argumentInvalid)
    }
}
