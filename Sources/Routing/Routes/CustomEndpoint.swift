import JSON
import Vocabulary

/// A place besides the built-in endpoint where routes may send events. These are TwinHub's own: there is no cloud here with
/// queues and topics, and what a test or a demonstration needs is a name to read by, files in the data folder, or a web server of its own.
public struct CustomEndpoint: Hashable, Sendable {
    public let name: String
    public let kind: Kind

    public enum Kind: Hashable, Sendable {
        /// Nothing but a name: `GET /emulator/events?endpoint=NAME`.
        case feed
        /// Files in the data folder, laid out as the real hub's storage endpoint does it.
        case folder
        /// A POST of events as one JSON array.
        case webhook(WebhookAddress)
    }

    /// The lists of an endpoint's kinds, as `endpoints` of a declaration has them.
    static let lists = ["feeds", "folders", "webhooks"]

    init(_ body: JSONValue, in list: String) throws(HubError) {
        guard body.kind == .object else { throw HubError(.argumentInvalid, "An endpoint is not an object.") }
        name = try RoutingName.endpoint(body["name"])
        switch list {
        case "folders": kind = .folder
        case "feeds": kind = .feed
        default:
            guard let address = body["url"]?.string.flatMap(WebhookAddress.init) else {
                throw HubError(
                    .argumentInvalid, "'url' of endpoint '\(name)' is not of the form http[s]://HOST[:PORT]/PATH.")
            }
            kind = .webhook(address)
        }
    }

    var list: String {
        switch kind {
        case .feed: "feeds"
        case .folder: "folders"
        case .webhook: "webhooks"
        }
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.value(name)
        if case .webhook(let address) = kind {
            json.key("url")
            json.value(address.description)
        }
        json.endObject()
    }
}
