import Access
import JSON
import Vocabulary

/// A certificate authority that the hub knows, in the shape of the real resource provider's `certificates`.
public struct RegisteredAuthority: Hashable, Sendable {
    public let name: AuthorityName
    public var certificate: AuthorityCertificate
    public let created: Timestamp
    public var updated: Timestamp
    /// Whether somebody has proven to have its key, or whoever registered it has vouched for that.
    public var isVerified = false
    /// The code that a proof of possession has to name; nil where none is asked for.
    public var verificationCode: String?
    /// Grows with every change, and is another one after a deletion.
    var etagCounter: UInt64

    init(name: AuthorityName, certificate: AuthorityCertificate, at time: Timestamp) {
        self.name = name
        self.certificate = certificate
        created = time
        updated = time
        etagCounter = UInt64(time.ticks)
    }

    public var etag: String { ETag.twin(etagCounter) }

    /// The same as a change at this time leaves it.
    func changed(at time: Timestamp, _ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        copy.updated = time
        copy.etagCounter = max(UInt64(time.ticks), etagCounter + 1)
        return copy
    }
}

extension RegisteredAuthority {
    /// As the log and snapshots keep it.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.value(name.description)
        json.key("certificate")
        json.value(Base64.encode(certificate.der))
        json.key("created")
        json.value(created.description)
        json.key("updated")
        json.value(updated.description)
        json.key("isVerified")
        json.value(isVerified)
        if let verificationCode {
            json.key("verificationCode")
            json.value(verificationCode)
        }
        json.key("etagCounter")
        json.value(etagCounter)
        json.endObject()
    }

    init(record body: JSONValue) throws(RecordError) {
        guard let name = body["name"]?.string, let der = body["certificate"]?.string.flatMap(Base64.decode),
            let certificate = try? AuthorityCertificate(der: der),
            let created = body["created"]?.string.flatMap({ Timestamp($0) }),
            let updated = body["updated"]?.string.flatMap({ Timestamp($0) }),
            let isVerified = body["isVerified"]?.bool, let counter = body["etagCounter"]?.counter
        else { throw RecordError("authority") }
        self.name = AuthorityName(trusted: name)
        self.certificate = certificate
        self.created = created
        self.updated = updated
        self.isVerified = isVerified
        verificationCode = body["verificationCode"]?.string
        etagCounter = counter
    }
}
