import Access
import Defender
import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// A device's security configuration: what its agent is told, what it will really run with, and what it said. Changing it carries
/// the complete object, so that an agent which takes a notification for everything is right.
struct AgentConfiguration: Sendable {
    private let ledger: AgentLedger

    init(_ ledger: AgentLedger) { self.ledger = ledger }

    var routes: [Route] {
        [
            Route(.get, Self.path, "Emulator_GetSecurityConfiguration", .anyOf(.serviceConnect)) {
                [self] (call) throws(HubError) in try get(call)
            },
            Route(.patch, Self.path, "Emulator_UpdateSecurityConfiguration", .anyOf(.serviceConnect), Self.update),
        ]
    }

    private static let path = "/emulator/devices/{device}/security/configuration"

    /// `?agent=c|csharp|micro`; without it, what the reported properties look like. The shape is `ConfigurationDocument`'s.
    private func get(_ call: Call) throws(HubError) -> Answer {
        let device = try call.twinID()
        guard call.hub.entity(device) != nil else { throw .deviceNotFound(device) }
        let kind = try Self.agent(call) ?? AgentKind.guess(device, call.hub)
        let id = kind.module.id(on: device)
        guard let entity = call.hub.entity(id) else { throw .moduleNotFound(id) }
        let (agent, since) = ledger.agent(kind, of: id)
        return .now(.json(ConfigurationDocument.json(entity, agent, since)))
    }

    /// `{"set":{KEY:VALUE,…},"reset":[KEY,…]}`, values as JSON or as the text of the command line; `?agent=` as for GET. 200
    /// with the module's twin.
    private static func update(_ call: Call) throws(HubError) -> Answer {
        let device = try call.twinID()
        guard call.hub.entity(device) != nil else { throw .deviceNotFound(device) }
        let module = (try agent(call) ?? AgentKind.guess(device, call.hub)).module
        let changes = try ConfigurationChange.list(try call.json().root, of: module)
        let hub = call.hub
        return call.submit(.configureAgents([device], module, changes)) { (outcome) throws(HubError) in
            guard case .bulk(let result) = outcome else { throw outcome.refusal }
            if let error = result.errors.first { throw error.error }
            guard let entity = hub.entity(module.id(on: device)) else { throw .deviceNotFound(device) }
            return .json(entity.document.bytes)
        }
    }

    static func agent(_ call: Call) throws(HubError) -> AgentKind? {
        guard let text = call.parameter("agent") else { return nil }
        guard let kind = AgentKind(rawValue: text.lowercased()) else {
            let words = AgentKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw HubError(.argumentInvalid, "'agent' is one of \(words).")
        }
        return kind
    }
}

extension SecurityModule {
    func id(on device: TwinID) -> TwinID { TwinID(trusted: "\(device.key)/\(moduleID)") }
}

extension AgentKind {
    /// The agent that a device seems to run, by its modules and by what it reports: agent C names its operational events, agent
    /// C# its connected hardware (defender.md section 2.4). Agent C where nothing tells.
    static func guess(_ device: TwinID, _ hub: Hub) -> AgentKind {
        guard let entity = hub.entity(SecurityModule.classic.id(on: device)) else {
            return hub.entity(SecurityModule.micro.id(on: device)) == nil ? .c : .micro
        }
        guard let reported = try? JSONDocument(parsing: Array(entity.twin.reported)).root,
            let object = reported[SecurityModule.objectName]
        else { return .c }
        return object["eventPriorityConnectedHardware"] == nil ? .c : .csharp
    }
}

extension ConfigurationChange {
    /// Settings that one request may change.
    static let limit = 256

    /// From `set` and `reset` of a request's body.
    static func list(_ body: JSONValue, of module: SecurityModule) throws(HubError) -> [ConfigurationChange] {
        guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
        var changes: [ConfigurationChange] = []
        do throws(Failure) {
            for (key, value) in body["set"]?.members ?? body.members where body["set"] != nil {
                let text = value.string ?? String(decoding: value.raw, as: UTF8.self)
                changes.append(try ConfigurationChange(key: key, value: text, of: module))
            }
            for key in body["reset"]?.elements.compactMap(\.string) ?? [] {
                changes.append(try ConfigurationChange(key: key, value: nil, of: module))
            }
        } catch {
            throw HubError(.argumentInvalid, error.description)
        }
        guard !changes.isEmpty, changes.count <= limit else {
            throw HubError(.argumentInvalid, "'set' is an object and 'reset' a list, with 1 to \(limit) keys in all.")
        }
        return changes
    }
}
