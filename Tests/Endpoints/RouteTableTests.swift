import HTTP
import Testing

@testable import Endpoints

@Suite("Route table") struct RouteTableTests {
    private static let table = RouteTable([
        route(.get, "/files/{device}/list"), route(.get, "/files/{device}"), route(.get, "/files/{name...}"),
        route(.put, "/files/{name...}"), route(.get, "/plain/{id}"),
    ])

    private static func route(_ method: HTTPMethod, _ pattern: String) -> Route {
        Route(method, pattern, "\(method.name) \(pattern)", .open) { _ in .later }
    }

    private static func match(_ method: HTTPMethod, _ path: String) -> (operation: String, name: String?)? {
        Array(path.utf8).withUnsafeBytes {
            guard case .route(let route, let captures) = table.match(method, path: $0) else { return nil }
            return (route.operation, captures["name"] ?? captures["device"])
        }
    }

    @Test(
        "a tail takes the whole rest, decoded, with its slashes",
        arguments: [
            ("/files/a/b/c", "a/b/c"), ("/files/a/b/", "a/b/"), ("/files/a%2Fb", "a/b"),
            ("/files/a/%2e%2e/b", "a/../b"),
            ("/FILES/a/B", "a/B"), ("/files/a/b%20c", "a/b c"),
            ("/files/1/2/3/4/5/6/7/8/9/10/11/12/13/14", "1/2/3/4/5/6/7/8/9/10/11/12/13/14"),
        ])
    func tail(_ path: String, _ expected: String) {
        let found = Self.match(.get, path)
        #expect(found?.operation == "GET /files/{name...}")
        #expect(found?.name == expected)
    }

    @Test("literals and captures win over a tail")
    func order() {
        #expect(Self.match(.get, "/files/a/list")?.operation == "GET /files/{device}/list")
        #expect(Self.match(.get, "/files/a")?.operation == "GET /files/{device}")
        #expect(Self.match(.put, "/files/a")?.operation == "PUT /files/{name...}")
    }

    @Test(
        "what a tail does not take is not found",
        arguments: [
            "/files", "/files/", "/files/a//b", "/files/a/%zz", "/plain/a/b", "/plain/1/2/3/4/5/6/7/8/9/10/11/12/13",
        ])
    func nothing(_ path: String) {
        #expect(Self.match(.get, path) == nil)
    }

    @Test("a method that a tail does not take is told those that it does")
    func allowed() {
        Array("/files/a/b".utf8).withUnsafeBytes {
            guard case .methodNotAllowed(let methods) = Self.table.match(.post, path: $0) else {
                Issue.record("found")
                return
            }
            #expect(Set(methods) == [.get, .put, .head, .options])
        }
    }

    @Test(
        "device and module make up the key, decoded, wherever they stand in the path",
        arguments: [
            ("/d/a", "a"), ("/d/a/", "a"), ("/D/a%20b", "a b"), ("/d/a/m/b", "a/b"), ("/d/a%2Ab/m/c%3Ad/", "a*b/c:d"),
            ("/d/a%2Fb", "a\0b"), ("/d/a/m/b/n/c", "a/b"), ("/n/c", ""),
        ])
    func key(_ path: String, _ expected: String) {
        let table = RouteTable([
            Self.route(.get, "/d/{device}"), Self.route(.get, "/d/{device}/m/{module}"),
            Self.route(.get, "/d/{device}/m/{module}/n/{name}"), Self.route(.get, "/n/{name}"),
        ])
        Array(path.utf8).withUnsafeBytes {
            guard case .route(_, let captures) = table.match(.get, path: $0) else {
                Issue.record("\(path) is not found")
                return
            }
            #expect(captures.withKey { String(decoding: $0, as: UTF8.self) } == expected)
            let isID = !expected.isEmpty && !expected.contains { "\0 ".contains($0) }
            #expect((try? captures.twinID())?.key == (isID ? expected : nil))
            #expect(captures["device"] == (expected.isEmpty ? nil : String(expected.prefix { $0 != "/" })))
            #expect(captures["name"] == (path.hasSuffix("c") ? "c" : nil))
        }
    }

    @Test("a branch of the table that leads nowhere leaves nothing captured")
    func backtracking() {
        let table = RouteTable([Self.route(.get, "/{device}/x/{module}/y"), Self.route(.get, "/{name...}")])
        Array("/a/x/b/z".utf8).withUnsafeBytes {
            guard case .route(_, let captures) = table.match(.get, path: $0) else {
                Issue.record("not found")
                return
            }
            #expect(captures["name"] == "a/x/b/z" && captures["device"] == nil && captures["module"] == nil)
        }
    }
}
