/// What an operation takes and answers, beyond what its route says already, for the OpenAPI document. A value that is built up:
/// `.init("…").query("top", .count).answers(200, .array(of: .device))`.
public struct OperationDescription: Sendable {
    let summary: String
    private(set) var parameters: [Parameter] = []
    private(set) var body: Body?
    private(set) var answers: [AnswerDescription] = []
    /// Statuses of errors, besides those that any operation can have.
    private(set) var errors: Set<Int> = []
    /// True where another protocol's rules say what comes back.
    private(set) var isForeign = false

    struct Parameter: Sendable {
        enum Place: String { case query, header }

        let place: Place
        let name: String
        let schema: Schema
        let text: String
    }

    struct Body: Sendable {
        let schema: Schema
        let mediaType: String
        let isRequired: Bool
    }

    struct AnswerDescription: Sendable {
        let status: Int
        let schema: Schema?
        let mediaTypes: [String]
        let headers: [String]
    }

    public init(_ summary: String) { self.summary = summary }

    public func query(_ name: String, _ schema: Schema = .string, _ text: String = "") -> Self {
        with { $0.parameters.append(Parameter(place: .query, name: name, schema: schema, text: text)) }
    }

    public func header(_ name: String, _ schema: Schema = .string, _ text: String = "") -> Self {
        with { $0.parameters.append(Parameter(place: .header, name: name, schema: schema, text: text)) }
    }

    /// `If-Match`, and the 412 that comes of it.
    public func conditional(_ text: String = "An ETag or *.") -> Self {
        header("If-Match", .string, text).fails(412)
    }

    public func takes(_ schema: Schema, as mediaType: String = "application/json", optional: Bool = false) -> Self {
        with { $0.body = Body(schema: schema, mediaType: mediaType, isRequired: !optional) }
    }

    /// An answer; without a schema it has no body.
    public func answers(
        _ status: Int, _ schema: Schema? = nil, as mediaTypes: String..., headers: [String] = []
    ) -> Self {
        let types = mediaTypes.isEmpty ? ["application/json"] : mediaTypes
        return with {
            $0.answers.append(
                AnswerDescription(
                    status: status, schema: schema, mediaTypes: schema == nil ? [] : types, headers: headers))
        }
    }

    /// Errors that it can end with, besides 400, 401, 404 and what every operation may say.
    public func fails(_ statuses: Int...) -> Self { with { $0.errors.formUnion(statuses) } }

    /// Answers as another protocol has it, errors too: none of them is listed.
    public func foreign() -> Self { with { $0.isForeign = true } }

    private func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}
