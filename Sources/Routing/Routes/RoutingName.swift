import JSON
import Vocabulary

/// What routes and endpoints may be called: letters, digits, periods, hyphens and underscores, 64 at most.
enum RoutingName {
    static let maximumLength = 64

    /// Names of endpoints that the hub has of itself.
    private static let reserved = ["events", "operationsmonitoringevents", "filenotifications", "$default"]

    static func route(_ value: JSONValue?) throws(HubError) -> String { try check(value, "A route's name") }

    static func endpoint(_ value: JSONValue?) throws(HubError) -> String {
        let name = try check(value, "An endpoint's name")
        guard !reserved.contains(name.lowercased()) else {
            throw HubError(.argumentInvalid, "'\(name)' is an endpoint of the hub's own.")
        }
        return name
    }

    /// Without `.` and `..`, since endpoints are folders' names too.
    private static func check(_ value: JSONValue?, _ what: String) throws(HubError) -> String {
        guard let name = value?.string, !name.isEmpty, name.utf8.count <= maximumLength,
            name.utf8.allSatisfy(isAllowed), !name.utf8.allSatisfy({ $0 == UInt8(ascii: ".") })
        else {
            throw HubError(
                .argumentInvalid,
                "\(what) has 1 to \(maximumLength) letters, digits, periods, hyphens and underscores.")
        }
        return name
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
