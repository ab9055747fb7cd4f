import Events
import Hub
import JSON
import Query
import Vocabulary

/// Routes, custom endpoints, enrichments and the fallback, in the form of `properties.routing` of a hub in Azure Resource
/// Manager, with endpoints of TwinHub's own kinds.
public struct RoutingPlan: Sendable {
    public let endpoints: [CustomEndpoint]
    public let routes: [MessageRoute]
    /// Where device messages go that no route takes.
    let fallback: MessageRoute
    let enrichments: [MessageEnrichment]
    let table: RoutingTable

    /// What a hub does of which nobody has said anything: everything goes to the built-in endpoint. The real one would tell of
    /// nothing but messages.
    public static let byDefault: RoutingPlan = {
        let routes = EventSource.allCases.filter { $0 != .deviceMessages && $0.isEmitted }.map { source in
            #"{"name":"\#(source.routingName)","source":"\#(source.routingName)","endpointNames":["events"]}"#
        }
        guard let document = try? JSONDocument(parsing: "{\"routes\":[\(routes.joined(separator: ","))]}"),
            let plan = try? RoutingPlan(document.root)
        else { preconditionFailure("a literal") }
        return plan
    }()

    /// - Throws: what is wrong with a declaration of another version.
    public init(_ declaration: RoutingDeclaration) throws(HubError) {
        guard let document = try? JSONDocument(parsing: declaration.json) else {
            throw HubError(.iotHubFormatError, "The declaration is not JSON.")
        }
        try self.init(document.root)
    }

    /// What a hub does at present; the default also where a declaration is of a version that this one cannot read.
    public init(of hub: Hub) { self = hub.routing.flatMap(Self.known.plan) ?? .byDefault }

    /// A process has one hub, as a rule.
    private static let known = PlanCache()

    /// Reads a declaration. What is left out of it there is not, but for the fallback: as in a template for the real hub, it
    /// leads to the built-in endpoint unless it is said to be disabled.
    ///
    /// - Throws: 400 with what is wrong; 501 for an endpoint of the cloud, which TwinHub does not have.
    public init(_ body: JSONValue) throws(HubError) {
        guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
        for (member, _) in body.members where !["endpoints", "routes", "fallbackRoute", "enrichments"].contains(member)
        {
            throw HubError(.argumentInvalid, "'\(member)' is no member of a hub's routing.")
        }
        endpoints = try Self.endpoints(body["endpoints"])
        var routes: [MessageRoute] = []
        for entry in try Self.list(body["routes"], "routes", most: RoutingLimits.routes) {
            routes.append(try MessageRoute(entry))
        }
        var enrichments: [MessageEnrichment] = []
        for entry in try Self.list(body["enrichments"], "enrichments", most: RoutingLimits.enrichments) {
            enrichments.append(try MessageEnrichment(entry))
        }
        (self.routes, self.enrichments) = (routes, enrichments)
        fallback = try Self.fallback(body["fallbackRoute"])
        table = RoutingTable(routes, fallback, enrichments)
        try checkNames()
    }

    private func checkNames() throws(HubError) {
        try Self.checkUnique(routes.map(\.name), "Two routes are called")
        try Self.checkUnique(endpoints.map(\.name), "Two endpoints are called")
        try Self.checkUnique(enrichments.map(\.key), "Two enrichments have the key")
        for name in (routes + [fallback]).map(\.endpoint) + enrichments.flatMap(\.endpoints) where !has(name) {
            throw HubError(.argumentInvalid, "There is no endpoint '\(name)'.")
        }
    }

    /// Whether there is an endpoint of this name, the built-in one included.
    public func has(_ endpoint: String) -> Bool {
        endpoint == EventRouting.builtIn || endpoints.contains { $0.name == endpoint }
    }

    /// The routes that take a message, in the order in which they are declared; the fallback where none does.
    public func routes(taking message: RouteMessage, of source: EventSource) -> [MessageRoute] {
        table.routes(taking: message, of: source)
    }

    private static func checkUnique(_ names: [String], _ what: String) throws(HubError) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name.lowercased()).inserted {
            throw HubError(.argumentInvalid, "\(what) '\(name)'.")
        }
    }

    // MARK: Reading

    private static func fallback(_ value: JSONValue?) throws(HubError) -> MessageRoute {
        guard let value, !value.isNull else { return MessageRoute.fallback }
        // Its name may be left out.
        let fallback = try MessageRoute(value, called: MessageRoute.fallback.name)
        guard fallback.source == .deviceMessages else {
            throw HubError(.invalidSourceOnRoute, "The source of the fallback route is DeviceMessages.")
        }
        return fallback
    }

    private static func endpoints(_ lists: JSONValue?) throws(HubError) -> [CustomEndpoint] {
        guard let lists, !lists.isNull else { return [] }
        guard lists.kind == .object else { throw HubError(.argumentInvalid, "'endpoints' is not an object.") }
        var endpoints: [CustomEndpoint] = []
        for (name, value) in lists.members {
            let entries = try list(value, name, most: RoutingLimits.customEndpoints)
            guard CustomEndpoint.lists.contains(name) else {
                // A template that was exported from the cloud has these lists, empty.
                if entries.isEmpty { continue }
                throw HubError(
                    .notImplemented,
                    "TwinHub has no '\(name)'. It has \(CustomEndpoint.lists.joined(separator: ", ")).")
            }
            for entry in entries { endpoints.append(try CustomEndpoint(entry, in: name)) }
        }
        guard endpoints.count <= RoutingLimits.customEndpoints else {
            throw HubError(
                .argumentInvalid, "A hub has at most \(RoutingLimits.customEndpoints) endpoints besides its own.")
        }
        return endpoints
    }

    private static func list(_ value: JSONValue?, _ member: String, most: Int) throws(HubError) -> [JSONValue] {
        guard let value, !value.isNull else { return [] }
        guard value.kind == .array else { throw HubError(.argumentInvalid, "'\(member)' is not an array.") }
        guard value.count <= most else { throw HubError(.argumentInvalid, "'\(member)' has more than \(most) items.") }
        return Array(value.elements)
    }

    // MARK: Writing

    /// What the hub is to keep.
    public var declaration: RoutingDeclaration {
        var json = JSONWriter()
        write(to: &json)
        return RoutingDeclaration(json.bytes)
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("endpoints")
        json.beginObject()
        for list in CustomEndpoint.lists {
            json.key(list)
            json.beginArray()
            for endpoint in endpoints where endpoint.list == list { endpoint.write(to: &json) }
            json.endArray()
        }
        json.endObject()
        json.key("routes")
        json.beginArray()
        for route in routes { route.write(to: &json) }
        json.endArray()
        json.key("fallbackRoute")
        fallback.write(to: &json)
        json.key("enrichments")
        json.beginArray()
        for enrichment in enrichments { enrichment.write(to: &json) }
        json.endArray()
        json.endObject()
    }
}
