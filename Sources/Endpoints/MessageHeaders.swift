import HTTP
import Hub
import Vocabulary

// A message's properties as header fields, in both directions (rest.md section 16).
extension MessageContent {
    private static let applicationPrefix = "iothub-app-"

    /// The request's body with the properties that its fields name. Names of application properties come in lower case,
    /// since HTTP does not tell them apart otherwise.
    public init(of request: HTTPRequest) {
        self.init(body: Array(request.body))
        request.headers.forEach { name, value in set(header: name, String(decoding: value, as: UTF8.self)) }
    }

    /// Takes a field in if it is a message's property, by its name in lower case; `original` keeps the sender's spelling
    /// where that is known.
    public mutating func set(header: String, _ value: String, named original: String? = nil) {
        if header.hasPrefix(Self.applicationPrefix) {
            let name = String((original ?? header).dropFirst(Self.applicationPrefix.count))
            if !name.isEmpty { set(name, value) }
        } else if let property = MessageProperty(headerName: header) {
            set(property, value)
        }
    }

    /// The fields that show the properties; one without a value is shown as empty.
    public var headerFields: [HTTPField] {
        var fields: [HTTPField] = []
        for (property, value) in system {
            if let name = property.headerName { fields.append(HTTPField("", followedBy: name, value)) }
        }
        for (name, value) in application {
            fields.append(HTTPField("iothub-app-", followedBy: name, value ?? ""))
        }
        return fields
    }
}
