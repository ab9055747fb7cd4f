import Access
import Endpoints
import HTTP
import Hub
import JSON
import Query
import Vocabulary

/// Automatic device configurations and edge deployments (rest.md section 11).
struct Configurations: Sendable {
    /// Metrics are counted where queries are answered.
    private let desk: QueryDesk

    init(_ desk: QueryDesk) { self.desk = desk }

    private static let one = "/configurations/{id}"
    private static let readers = Requirement.anyOf([.registryRead, .serviceConnect])
    private static let writers = Requirement.anyOf([.registryWrite, .serviceConnect])

    var routes: [Route] {
        [
            Route(.get, "/configurations", "Configuration_GetConfigurations", Self.readers) {
                [self] (call) throws(HubError) in try list(call)
            },
            Route(.get, Self.one, "Configuration_Get", Self.readers) {
                [self] (call) throws(HubError) in try get(call)
            },
            Route(.put, Self.one, "Configuration_CreateOrUpdate", Self.writers, Self.put),
            Route(.delete, Self.one, "Configuration_Delete", Self.writers, Self.delete),
            Route(
                .post, "/configurations/testQueries", "Configuration_TestQueries", Self.readers,
                ConfigurationTest.answer),
            Route(
                .post, "/devices/{device}/applyConfigurationContent", "Configuration_ApplyOnEdgeDevice", Self.writers,
                Self.apply),
        ]
    }

    /// All of them: `top` is taken and passed over, as by the real hub.
    private func list(_ call: Call) throws(HubError) -> Answer {
        let configurations = call.hub.configurations
        return try answer(call, about: configurations) { metrics in
            var json = JSONWriter()
            json.beginArray()
            for (configuration, metrics) in zip(configurations, metrics) {
                configuration.writeResource(metrics, to: &json)
            }
            json.endArray()
            return .json(json.bytes)
        }
    }

    private func get(_ call: Call) throws(HubError) -> Answer {
        let id = try call.configurationID()
        guard let configuration = call.hub.configurations.first(where: { $0.id == id }) else {
            throw .configurationNotFound(id)
        }
        return try answer(call, about: [configuration]) { .configuration(configuration, $0.first) }
    }

    private func answer(
        _ call: Call, about configurations: [Configuration],
        _ response: @escaping @Sendable ([MetricResults]) -> HTTPResponse
    ) throws(HubError) -> Answer {
        let reply = Reply(call)
        let answer = call.services.returning { (response: HTTPResponse) in reply.give { response } }
        let areSettled = call.hub.configurationsAreSettled
        try desk.look(through: call.hub) { moment in
            answer(response(MetricResults.count(configurations, areSettled: areSettled, in: moment)))
        }
        return .later
    }

    private static func put(_ call: Call) throws(HubError) -> Answer {
        let id = try call.configurationID()
        let draft = try ConfigurationDraft(try call.json().root, of: id)
        return call.submit(.putConfiguration(id, draft, call.precondition)) { (outcome) throws(HubError) in
            switch outcome {
            case .configuration(let configuration): return .configuration(configuration, nil)
            case .refused(let error): throw error
            default: throw HubError(.serverError, "The command left no configuration.")
            }
        }
    }

    private static func delete(_ call: Call) throws(HubError) -> Answer {
        call.submit(.deleteConfiguration(try call.configurationID(), call.precondition), then: Devices.emptyAnswer)
    }

    private static func apply(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        let content = try ConfigurationContent(try call.json().root)
        return call.submit(.applyContent(id, content), then: Devices.emptyAnswer)
    }
}

extension Call {
    fileprivate func configurationID() throws(HubError) -> ConfigurationID {
        try ConfigurationID(captures["id"] ?? "")
    }
}

extension HTTPResponse {
    /// 200 with a configuration, whose quoted ETag is in the header too (rest.md section 1.3).
    fileprivate static func configuration(_ configuration: Configuration, _ metrics: MetricResults?) -> HTTPResponse {
        var json = JSONWriter()
        configuration.writeResource(metrics, to: &json)
        var response = HTTPResponse.json(json.bytes)
        response.fields.append(HTTPField("ETag", "\"\(configuration.etag)\""))
        return response
    }
}
