import Endpoints
import HTTP
import Hub
import JSON
import Query
import Vocabulary

/// Says what is wrong with a target condition and with metrics, without keeping them (rest.md section 11.3).
enum ConfigurationTest {
    /// `{"targetCondition":"…","customMetricQueries":{"name":"SELECT …"}}`. 200 whatever comes of it:
    /// `{"targetConditionError":"…","customMetricQueryErrors":{…}}`, the first only where there is one.
    static func answer(_ call: Call) throws(HubError) -> Answer {
        let body = try call.json().root
        guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
        var json = JSONWriter()
        json.beginObject()
        if let value = body["targetCondition"], !value.isNull {
            guard let text = value.string else { throw .badMember("targetCondition") }
            if let error = error(inCondition: text) {
                json.key("targetConditionError")
                json.value(error)
            }
        }
        json.key("customMetricQueryErrors")
        json.beginObject()
        if let queries = body["customMetricQueries"], !queries.isNull {
            guard queries.kind == .object else { throw .badMember("customMetricQueries") }
            for (name, query) in queries.members {
                guard let text = query.string else { throw .badMember("customMetricQueries") }
                do throws(QueryError) {
                    _ = try ConfigurationMetric(name: name, text: text)
                } catch {
                    json.key(name)
                    json.value(error.description)
                }
            }
        }
        json.endObject()
        json.endObject()
        return .now(.json(json.bytes))
    }

    /// `*` is refused here, although a configuration may have it.
    private static func error(inCondition text: String) -> String? {
        do throws(QueryError) {
            return try TargetCondition(parsing: text).isEverything ? "Line 1:0 Unexpected '*'" : nil
        } catch {
            return error.description
        }
    }
}
