import JSON
import Vocabulary

/// A place besides the built-in endpoint where routes may send events. These are TwinHub's own: there is no cloud here with
/// queues and topics, and what a test or a demonstration needs is a name to read by.
public struct CustomEndpoint: Hashable, Sendable {
    public let name: String
    public let kind: Kind

    public enum Kind: Hashable, Sendable {
        /// Nothing but a name: `GET /emulator/events?endpoint=NAME`.
        case feed
    }

    /// The lists of an endpoint's kinds, as `endpoints` of a declaration has them.
    static let lists = ["feeds"]

    init(_ body: JSONValue, in list: String) throws(HubError) {
        guard body.kind == .object else { throw HubError(.argumentInvalid, "An endpoint is not an object.") }
        name = try RoutingName.endpoint(body["name"])
        kind = .feed
    }

    var list: String {
        switch kind {
        case .feed: "feeds"
        }
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.value(name)
        json.endObject()
    }
}
