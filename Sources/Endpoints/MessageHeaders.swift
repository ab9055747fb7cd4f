import HTTP
import Hub
import Vocabulary

/// A message's properties as header fields, in both directions (rest.md section 16).
public enum MessageHeaders {
    /// Fields and the system properties that they carry.
    private static let system: [(field: StaticString, property: String)] = [
        ("iothub-messageid", "messageId"), ("iothub-correlationid", "correlationId"), ("iothub-userid", "userId"),
        ("iothub-to", "to"), ("iothub-contenttype", "contentType"), ("iothub-contentencoding", "contentEncoding"),
        ("iothub-creationtimeutc", "creationTime"), ("iothub-interface-id", "interfaceId"),
    ]
    private static let applicationPrefix = "iothub-app-"

    /// The request's body with the properties that its fields name. Names of application properties come in lower case,
    /// since HTTP does not tell them apart otherwise.
    public static func content(of request: HTTPRequest) -> MessageContent {
        var content = MessageContent(body: Array(request.body))
        for (field, property) in system {
            if let value = request.headers.string(field) { content.system.append(.init(property, value)) }
        }
        request.headers.forEach { name, value in
            guard name.hasPrefix(applicationPrefix) else { return }
            let text = String(decoding: value, as: UTF8.self)
            content.application.append(.init(String(name.dropFirst(applicationPrefix.count)), text))
        }
        return content
    }

    /// The fields that show a message's properties; one without a value is shown as empty.
    public static func fields(of content: MessageContent) -> [HTTPField] {
        var fields: [HTTPField] = []
        for (field, property) in system {
            if let value = content.system(property) { fields.append(HTTPField(field, value)) }
        }
        for property in content.application {
            fields.append(HTTPField("iothub-app-", followedBy: property.name, property.value ?? ""))
        }
        return fields
    }
}
