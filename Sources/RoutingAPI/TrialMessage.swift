import Hub
import JSON
import Query
import Vocabulary

/// The message of a route test: `{"message":{"body","appProperties","systemProperties"},"twin":{"tags","properties"}}`. All
/// of it may be left out.
struct TrialMessage {
    let message: RouteMessage

    /// A `deviceId`, with a `moduleId` if wanted, is TwinHub's own: the message is that device's then, and its twin the one
    /// that the hub has.
    init(_ request: JSONValue, _ hub: Hub) throws(HubError) {
        guard request.kind == .object else { throw HubError(.invalidRouteTestInput, "The body is not an object.") }
        let content = try Self.object(request, "message")
        var system = try Self.texts(content, "systemProperties")
        var twin = try Self.object(request, "twin").map { Array($0.raw) }
        if let id = try Self.sender(request) {
            guard let entity = hub.entity(id) else {
                throw id.isModule ? .moduleNotFound(id) : HubError.deviceNotFound(id)
            }
            twin = twin ?? entity.document.bytes
            system.insert(("connectionDeviceId", id.device), at: 0)
            if let module = id.module { system.insert(("connectionModuleId", module), at: 1) }
        }
        // The provider's message has its body as text; JSON that stands there itself is taken as well.
        let body = content?["body"].map { $0.string.map { Array($0.utf8) } ?? Array($0.raw) } ?? []
        message = RouteMessage(
            application: try Self.texts(content, "appProperties"), system: system, body: body, twin: twin)
    }

    private static func sender(_ request: JSONValue) throws(HubError) -> TwinID? {
        guard let device = request["deviceId"], !device.isNull else { return nil }
        guard let text = device.string else { throw HubError(.invalidRouteTestInput, "'deviceId' is not a string.") }
        guard let module = request["moduleId"], !module.isNull else { return try TwinID(device: text) }
        guard let name = module.string else { throw HubError(.invalidRouteTestInput, "'moduleId' is not a string.") }
        return try TwinID(device: text, module: name)
    }

    private static func object(_ value: JSONValue?, _ member: String) throws(HubError) -> JSONValue? {
        guard let found = value?[member], !found.isNull else { return nil }
        guard found.kind == .object else { throw HubError(.invalidRouteTestInput, "'\(member)' is not an object.") }
        return found
    }

    /// The members of an object of strings.
    private static func texts(
        _ value: JSONValue?, _ member: String
    ) throws(HubError) -> [(name: String, value: String)] {
        var texts: [(name: String, value: String)] = []
        for (name, value) in try object(value, member)?.members.map({ $0 }) ?? [] {
            guard let text = value.string else {
                throw HubError(.invalidRouteTestInput, "'\(name)' of '\(member)' is not a string.")
            }
            texts.append((name, text))
        }
        return texts
    }
}
