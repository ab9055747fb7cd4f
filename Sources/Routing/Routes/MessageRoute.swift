import Events
import JSON
import Query
import Vocabulary

/// A route: which events go to which endpoint.
public struct MessageRoute: Sendable {
    public let name: String
    /// Only events of this source are looked at.
    public let source: EventSource
    /// The condition's text as it was given.
    let text: String
    public let condition: RouteCondition
    /// The real hub takes a list of one.
    public let endpoint: String
    let isEnabled: Bool

    /// Device messages that no route takes go to the built-in endpoint.
    static let fallback: MessageRoute = {
        guard let body = try? JSONDocument(parsing: #"{"source":"DeviceMessages","endpointNames":["events"]}"#).root,
            let route = try? MessageRoute(body, called: "$fallback")
        else { preconditionFailure("a literal") }
        return route
    }()

    /// Reads a route in the form of Azure Resource Manager:
    /// `{"name","source","condition"?,"endpointNames":[one],"isEnabled"?}`.
    ///
    /// - Parameter name: in place of the one that a route of its own has to have.
    /// - Throws: what is wrong with it; a condition that cannot be compiled with its line and column.
    public init(_ body: JSONValue, called name: String? = nil) throws(HubError) {
        guard body.kind == .object else { throw HubError(.argumentInvalid, "A route is not an object.") }
        if let name { self.name = name } else { self.name = try RoutingName.route(body["name"]) }
        guard let source = body["source"]?.string.flatMap(EventSource.init(routingName:)) else {
            let names = EventSource.allCases.map(\.routingName).joined(separator: ", ")
            throw HubError(.invalidSourceOnRoute, "The source of route '\(self.name)' is one of \(names).")
        }
        self.source = source
        let condition = body["condition"].flatMap { $0.isNull ? nil : $0 }
        guard condition == nil || condition?.string != nil else {
            throw HubError(.argumentInvalid, "The condition of route '\(self.name)' is not a string.")
        }
        text = condition?.string ?? "true"
        do throws(RouteConditionError) {
            self.condition = try RouteCondition(parsing: text, isOfTwinChanges: source == .twinChangeEvents)
        } catch {
            throw HubError(.argumentInvalid, "The condition of route '\(self.name)' cannot be compiled: \(error)")
        }
        let endpoints = body["endpointNames"]?.elements.map(\.string) ?? []
        // The real hub takes a list and allows one.
        guard endpoints.count == 1, let endpoint = endpoints[0] else {
            throw HubError(.argumentInvalid, "'endpointNames' of route '\(self.name)' holds the name of one endpoint.")
        }
        self.endpoint = endpoint
        // What is left out is true.
        let flag = body["isEnabled"].flatMap { $0.isNull ? nil : $0 }
        guard flag == nil || flag?.bool != nil else {
            throw HubError(.argumentInvalid, "'isEnabled' of route '\(self.name)' is not true or false.")
        }
        isEnabled = flag?.bool ?? true
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.value(name)
        json.key("source")
        json.value(source.routingName)
        json.key("condition")
        json.value(text)
        json.key("endpointNames")
        json.beginArray()
        json.value(endpoint)
        json.endArray()
        json.key("isEnabled")
        json.value(isEnabled)
        json.endObject()
    }
}
