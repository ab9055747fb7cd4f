import JSON
import Twins
import Vocabulary

// Twin changes as a record holds them: members of its event, each a document that `Twins` reads back.

extension TwinSeed {
    /// Nil where the record has none.
    init?(record value: JSONValue?) throws {
        guard let value else { return nil }
        try self.init(body: value.copy())
    }
}

extension ServiceReplacement {
    init(record value: JSONValue) throws { try self.init(body: value.copy()) }
}

extension ReportedPatch {
    init(record value: JSONValue) throws { try self.init(body: value.copy()) }
}

extension SeededIdentity {
    init(record value: JSONValue) throws {
        guard let identity = value["identity"] else { throw RecordError("identity") }
        self.init(identity: try Identity(record: identity), seed: try TwinSeed(record: value["seed"]))
    }

    /// `{"identity":{…}[,"seed":{…}]}`.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("identity")
        identity.writeJSON(to: &json, forRecord: true)
        if let seed {
            json.key("seed")
            json.raw(seed.json)
        }
        json.endObject()
    }
}

extension JSONValue {
    /// The value as a document of its own.
    fileprivate func copy() throws(JSONError) -> JSONDocument { try JSONDocument(parsing: Array(raw)) }
}
