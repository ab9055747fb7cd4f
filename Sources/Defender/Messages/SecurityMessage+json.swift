import JSON
import Vocabulary

extension SecurityMessage {
    /// Writes the message as one object:
    ///
    ///     {"kind":"envelope","agentId":"…","agentVersion":"0.0.5",
    ///      "events":[{"id":"…","timestampLocal":"…","timestampUTC":"…","category":"Triggered","name":"Login",
    ///                 "eventType":"Security","payload":[{…}]}],
    ///      "lint":[{"rule":"notOneOf","path":"Events[0].Category","offset":201,"length":12,"bytes":"\"Aggregated\"",
    ///               "knownDeparture":"both classic agents send Aggregated"}],
    ///      "lintLeftOut":0}
    ///
    /// What is absent from the message, or not a text where one belongs, is `null`; payload items are the agent's own
    /// bytes. In the lint, `bytes` is the offending value, cut where it is long, and in hexadecimal for a body that is no
    /// JSON; `knownDeparture` and `detail` stand only where there is something to say.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("kind")
        json.value(kind.rawValue)
        json.key("agentId")
        json.value(agentID)
        json.key("agentVersion")
        json.value(agentVersion)
        json.key("events")
        json.beginArray()
        for event in events { event.write(to: &json, payloadIn: text) }
        json.endArray()
        json.key("lint")
        json.beginArray()
        for finding in lint.kept { write(finding, to: &json) }
        json.endArray()
        json.key("lintLeftOut")
        json.value(lint.leftOut)
        json.endObject()
    }

    private func write(_ finding: MessageLint, to json: inout JSONWriter) {
        json.beginObject()
        json.key("rule")
        json.value(finding.rule.rawValue)
        json.key("path")
        json.value(finding.path)
        json.key("offset")
        json.value(finding.range.lowerBound)
        json.key("length")
        json.value(finding.range.count)
        json.key("bytes")
        let excerpt = body[finding.range].prefix(Self.maximumExcerpt)
        json.value(kind == .envelope ? String(decoding: excerpt, as: UTF8.self) : Hex.encode(excerpt))
        if let known = finding.knownOf {
            json.key("knownDeparture")
            json.value(known)
        }
        if let detail = finding.detail {
            json.key("detail")
            json.value(detail)
        }
        json.endObject()
    }
}

extension SecurityEvent {
    /// Writes the event; its payload's places are in `text`.
    func write(to json: inout JSONWriter, payloadIn text: [UInt8]) {
        json.beginObject()
        json.key("id")
        json.value(id)
        json.key("timestampLocal")
        json.value(timestampLocal)
        json.key("timestampUTC")
        json.value(timestampUTC)
        json.key("category")
        json.value(category)
        json.key("name")
        json.value(name)
        json.key("eventType")
        json.value(type)
        json.key("payload")
        json.beginArray()
        for item in payload { json.raw(text[item]) }
        json.endArray()
        json.endObject()
    }
}
