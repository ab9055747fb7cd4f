import JSON
import Query
import Vocabulary

/// A configuration as a client wants it: the body of its PUT (rest.md section 11). What the hub alone writes in it, such as
/// times, results and `etag`, is passed over.
public struct ConfigurationDraft: Sendable {
    /// Text, or null.
    var schemaVersion: String?
    /// An object of texts as it was sent; nil where there are none.
    var labels: [UInt8]?
    private(set) var content: ConfigurationContent
    var target: TargetCondition
    /// The larger one wins.
    var priority: Int
    var metrics: [ConfigurationMetric]

    /// Queries of one configuration that its owner may add (query.md section 9).
    public static let maximumMetrics = 5

    /// - Throws: `InvalidConfigurationContent`, `InvalidConfigurationTargetCondition`, `InvalidConfigurationCustomMetricsQuery`,
    ///   or `ArgumentInvalid` for what is not of its type.
    public init(_ body: JSONValue, of id: ConfigurationID) throws(HubError) {
        guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
        if let value = body["id"], !value.isNull, value.string != id.description {
            throw HubError(.argumentInvalid, "The body's 'id' is not the path's.")
        }
        content = try ConfigurationContent(body["content"])
        schemaVersion = try Self.text(body, "schemaVersion")
        labels = try Self.labels(body["labels"])
        target = try Self.target(try Self.text(body, "targetCondition") ?? "", of: content.kind)
        priority = 0
        if let value = body["priority"], !value.isNull {
            guard let number = value.int.flatMap({ Int32(exactly: $0) }) else { throw .badMember("priority") }
            priority = Int(number)
        }
        metrics = []
        if let value = body["metrics"], !value.isNull {
            guard value.kind == .object else { throw .badMember("metrics") }
            metrics = try ConfigurationMetric.list(value["queries"])
        }
    }

    /// The same for a configuration that has its content already.
    func keeping(_ content: ConfigurationContent) throws(HubError) -> ConfigurationDraft {
        try Self.check(target, for: content.kind)
        var copy = self
        copy.content = content
        return copy
    }

    private static func text(_ body: JSONValue, _ member: String) throws(HubError) -> String? {
        guard let value = body[member], !value.isNull else { return nil }
        guard let text = value.string else { throw .badMember(member) }
        return text
    }

    private static func labels(_ value: JSONValue?) throws(HubError) -> [UInt8]? {
        guard let value, !value.isNull else { return nil }
        guard value.kind == .object, value.members.allSatisfy({ $0.value.kind == .string || $0.value.isNull }) else {
            throw .badMember("labels")
        }
        return Array(value.raw)
    }

    /// Module configurations name their collection, and no others do (query.md section 9).
    private static func target(
        _ text: String, of kind: ConfigurationContent.Kind
    ) throws(HubError) -> TargetCondition {
        let condition: TargetCondition
        do throws(QueryError) {
            condition = try TargetCondition(parsing: text)
        } catch {
            throw HubError(.invalidConfigurationTargetCondition, error.description)
        }
        try check(condition, for: kind)
        return condition
    }

    private static func check(_ condition: TargetCondition, for kind: ConfigurationContent.Kind) throws(HubError) {
        switch (kind, condition.targets) {
        case (_, .nothing), (.module, .modules), (.device, .devices), (.modules, .devices): return
        case (.module, .devices):
            throw HubError(
                .invalidConfigurationTargetCondition,
                "The target condition of moduleContent begins with 'FROM devices.modules WHERE'.")
        case (.device, .modules), (.modules, .modules):
            throw HubError(
                .invalidConfigurationTargetCondition,
                "Only moduleContent has a target condition with 'FROM devices.modules'.")
        }
    }
}
