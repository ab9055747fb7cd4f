import Access
import HTTP
import JSON

/// Writes one operation of the OpenAPI document.
struct OperationWriter {
    private let route: Route
    private let description: OperationDescription?

    init(_ route: Route, _ description: OperationDescription?) {
        self.route = route
        self.description = description
    }

    func write(to json: inout JSONWriter, _ schemas: inout SchemaWriter) {
        json.beginObject()
        json.key("operationId")
        json.value(route.operation)
        json.key("tags")
        json.beginArray()
        json.value(String(route.operation.prefix { $0 != "_" }))
        json.endArray()
        if let description {
            json.key("summary")
            json.value(description.summary)
        }
        json.key("description")
        json.value(route.requirement.sentence)
        if case .open = route.requirement {
            json.key("security")
            json.raw("[]".utf8)
        }
        writeParameters(to: &json, &schemas)
        writeBody(to: &json, &schemas)
        writeResponses(to: &json, &schemas)
        json.endObject()
    }

    // MARK: Parameters

    private func writeParameters(to json: inout JSONWriter, _ schemas: inout SchemaWriter) {
        json.key("parameters")
        json.beginArray()
        for name in route.captureNames {
            write(name, in: "path", isRequired: true, .capture(name), "", to: &json, &schemas)
        }
        write("api-version", in: "query", isRequired: !route.isTwinHubsOwn, .apiVersion, "", to: &json, &schemas)
        for parameter in description?.parameters ?? [] {
            write(
                parameter.name, in: parameter.place.rawValue, isRequired: false, parameter.schema, parameter.text,
                to: &json, &schemas)
        }
        json.endArray()
    }

    private func write(
        _ name: String, in place: String, isRequired: Bool, _ schema: Schema, _ text: String,
        to json: inout JSONWriter, _ schemas: inout SchemaWriter
    ) {
        json.beginObject()
        json.key("name")
        json.value(name)
        json.key("in")
        json.value(place)
        if isRequired {
            json.key("required")
            json.value(true)
        }
        if !text.isEmpty {
            json.key("description")
            json.value(text)
        }
        json.key("schema")
        schemas.write(schema, to: &json)
        json.endObject()
    }

    // MARK: Bodies

    private func writeBody(to json: inout JSONWriter, _ schemas: inout SchemaWriter) {
        let undescribed = OperationDescription.Body(schema: .any, mediaType: "application/json", isRequired: false)
        let takesAny = description == nil && [.put, .post, .patch].contains(route.method)
        guard let body = description?.body ?? (takesAny ? undescribed : nil) else { return }
        json.key("requestBody")
        json.beginObject()
        json.key("required")
        json.value(body.isRequired)
        json.key("content")
        Self.write(content: [body.mediaType], body.schema, to: &json, &schemas)
        json.endObject()
    }

    static func write(
        content mediaTypes: [String], _ schema: Schema, to json: inout JSONWriter, _ schemas: inout SchemaWriter
    ) {
        json.beginObject()
        for type in mediaTypes {
            json.key(type)
            json.beginObject()
            json.key("schema")
            schemas.write(type == "text/event-stream" ? .string : schema, to: &json)
            json.endObject()
        }
        json.endObject()
    }

    // MARK: Answers

    private func writeResponses(to json: inout JSONWriter, _ schemas: inout SchemaWriter) {
        json.key("responses")
        json.beginObject()
        for answer in description?.answers ?? [] { write(answer, to: &json, &schemas) }
        if let description, !description.isForeign {
            for status in errors.subtracting(description.answers.map(\.status)).sorted() {
                json.key(String(status))
                json.raw(##"{"$ref":"#/components/responses/Error"}"##.utf8)
            }
        } else {
            json.key("default")
            json.raw(#"{"description":"Whatever it says."}"#.utf8)
        }
        json.endObject()
    }

    private func write(
        _ answer: OperationDescription.AnswerDescription, to json: inout JSONWriter, _ schemas: inout SchemaWriter
    ) {
        json.key(String(answer.status))
        json.beginObject()
        json.key("description")
        json.value(answer.schema == nil ? "Done; the answer has no body." : "Done.")
        if !answer.headers.isEmpty {
            json.key("headers")
            json.beginObject()
            for name in answer.headers {
                json.key(name)
                json.raw(#"{"schema":{"type":"string"}}"#.utf8)
            }
            json.endObject()
        }
        if let schema = answer.schema {
            json.key("content")
            Self.write(content: answer.mediaTypes, schema, to: &json, &schemas)
        }
        json.endObject()
    }

    /// Those of this operation and those that any can end with: what the door refuses, a bound that is met, a hub that stops. What
    /// is a message is refused when the day has had its number (`--throttle`).
    private var errors: Set<Int> {
        var errors: Set<Int> = [400, 404, 408, 413, 429, 431, 500, 503]
        if case .open = route.requirement {} else { errors.insert(401) }
        if ThrottledOperation(route: route.operation)?.isMessage == true { errors.insert(403) }
        return errors.union(description?.errors ?? [])
    }
}

extension Requirement {
    fileprivate var sentence: String {
        switch self {
        case .open: "Open to everybody."
        case .anyOf(let permissions): "Needs \(permissions.names.joined(separator: " or "))."
        case .allOf(let permissions): "Needs \(permissions.names.joined(separator: " and "))."
        case .device: "For the device or module itself, or a policy with DeviceConnect."
        case .deviceOrService: "For the device or module itself, or a policy with DeviceConnect or ServiceConnect."
        case .moduleIdentityRead: "Needs RegistryRead; a device may read its own modules."
        }
    }
}

extension Permissions {
    fileprivate var names: [String] {
        let all: [(Permissions, String)] = [
            (.registryRead, "RegistryRead"), (.registryWrite, "RegistryWrite"), (.serviceConnect, "ServiceConnect"),
            (.deviceConnect, "DeviceConnect"),
        ]
        return all.filter { contains($0.0) }.map(\.1)
    }
}
