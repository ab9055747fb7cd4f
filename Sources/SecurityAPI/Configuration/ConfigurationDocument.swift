import Defender
import Hub
import JSON
import Vocabulary

/// A device's security configuration as it is shown:
/// `{"deviceId","moduleId","agent","state","desiredVersion","delivered":{"form","version"},"refused":{"version","keys","message"},`
/// `"drift":n,"keys":[{"key","default","desired","running","reported","drift","since","differences":[{"reason","text"}]}],`
/// `"lint":[{"severity","rule","key","text"}]}`. Members without a value are null.
enum ConfigurationDocument {
    static func json(_ entity: Entity, _ agent: FollowedAgent, _ since: [String: Timestamp]) -> [UInt8] {
        let comparison = ConfigurationComparison(of: agent, entity)
        var json = JSONWriter()
        json.beginObject()
        json.key("deviceId")
        json.value(entity.id.device)
        json.key("moduleId")
        json.value(entity.id.module)
        json.key("agent")
        json.value(agent.kind.rawValue)
        json.key("state")
        json.value(agent.state.rawValue)
        json.key("desiredVersion")
        json.value(comparison.desiredVersion)
        write(agent, to: &json)
        json.key("drift")
        json.value(comparison.drift.count)
        json.key("keys")
        json.beginArray()
        for row in comparison.rows { write(row, since[row.key], to: &json) }
        json.endArray()
        json.key("lint")
        json.beginArray()
        if let desired = try? JSONDocument(parsing: Array(entity.twin.desired)).root {
            for finding in ConfigurationLint.check(desired, of: agent.kind.module) { write(finding, to: &json) }
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    private static func write(_ agent: FollowedAgent, to json: inout JSONWriter) {
        json.key("delivered")
        if let delivered = agent.refused ?? agent.accepted {
            json.beginObject()
            json.key("form")
            json.value(delivered.form.rawValue)
            json.key("version")
            json.value(delivered.version)
            json.endObject()
        } else {
            json.null()
        }
        json.key("refused")
        if let refused = agent.refused, let refusal = agent.refusal {
            json.beginObject()
            json.key("version")
            json.value(refused.version)
            json.key("keys")
            json.beginArray()
            for key in refusal.keys { json.value(key) }
            json.endArray()
            json.key("message")
            json.value(refusal.eventMessage)
            json.endObject()
        } else {
            json.null()
        }
    }

    private static func write(
        _ row: ConfigurationComparison.Row, _ since: Timestamp?, to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("key")
        json.value(row.key)
        json.key("default")
        write(row.defaultValue, to: &json)
        json.key("desired")
        write(row.desired, to: &json)
        json.key("running")
        write(row.running, to: &json)
        json.key("reported")
        write(row.reported, to: &json)
        json.key("drift")
        json.value(row.isDrift)
        json.key("since")
        json.value(row.isDrift ? since?.description : nil)
        json.key("differences")
        json.beginArray()
        for difference in row.differences {
            json.beginObject()
            json.key("reason")
            json.value(difference.name)
            json.key("text")
            json.value(difference.text)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    private static func write(_ finding: ConfigurationLint, to json: inout JSONWriter) {
        json.beginObject()
        json.key("severity")
        json.value(finding.severity.rawValue)
        json.key("rule")
        json.value(finding.rule.rawValue)
        json.key("key")
        json.value(finding.key)
        json.key("text")
        json.value(finding.text)
        json.endObject()
    }

    private static func write(_ value: ConfigurationValue?, to json: inout JSONWriter) {
        if let value { value.write(to: &json) } else { json.null() }
    }

    private static func write(_ text: [UInt8]?, to json: inout JSONWriter) {
        if let text { json.raw(text) } else { json.null() }
    }
}
