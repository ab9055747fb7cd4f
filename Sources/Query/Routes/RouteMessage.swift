import JSON

/// A message as the conditions of routes see it.
public struct RouteMessage: Sendable {
    /// By name in lower case.
    let application: [String: String]
    let system: [String: String]
    let body: JSONDocument?
    let twin: JSONDocument?

    /// - Parameters:
    ///   - application: the sender's properties; of two that differ only in case the later counts.
    ///   - system: by the names of query.md section 8 without their `$`: `contentType`, `connectionDeviceId`, …
    ///   - body: read where `contentType` is `application/json` and `contentEncoding` is one of UTF-8, UTF-16 and UTF-32,
    ///     and where it is JSON.
    ///   - twin: the sender's, as a service sees it; may be left out where no condition reads it.
    public init(
        application: [(name: String, value: String)], system: [(name: String, value: String)], body: [UInt8],
        twin: [UInt8]? = nil
    ) {
        self.application = Self.table(application)
        let properties = Self.table(system)
        self.system = properties
        self.body = RouteBody.utf8(
            body, contentType: properties["contenttype"], contentEncoding: properties["contentencoding"]
        ).flatMap { try? JSONDocument(parsing: $0) }
        self.twin = twin.flatMap { try? JSONDocument(parsing: $0) }
    }

    /// What stands in the sender's twin at these keys, found as a condition finds it: case does not count.
    public func twinValue(at keys: [String]) -> JSONValue? {
        twin.flatMap { RouteReference.find(keys.map(RouteReference.Step.key), in: $0.root) }
    }

    private static func table(_ properties: [(name: String, value: String)]) -> [String: String] {
        Dictionary(properties.map { ($0.name.lowercased(), $0.value) }) { $1 }
    }
}
