import Access
import Endpoints
import HTTP
import Hub
import JSON
import Query
import Vocabulary

/// Queries over twins and device jobs (rest.md section 9, query.md section 1).
struct Queries: Sendable {
    private let desk: QueryDesk

    init(_ desk: QueryDesk) { self.desk = desk }

    /// Rows of a page where the client asks for none, and at most: a larger wish is cut without a word, as by the real hub.
    static let pageSize = 100

    var routes: [Route] {
        [
            Route(.post, "/devices/query", "Query_GetTwins", .anyOf(.serviceConnect)) {
                [self] (call) throws(HubError) in try run(call)
            },
            Route(.post, "/emulator/query/explain", "Emulator_ExplainQuery", .anyOf(.serviceConnect)) {
                [self] (call) throws(HubError) in try explain(call)
            },
        ]
    }

    /// `{"query":"SELECT …"}`; a JSON array, `x-ms-item-type` always, `x-ms-continuation` only where there is more.
    private func run(_ call: Call) throws(HubError) -> Answer {
        let (query, text) = try Self.query(call)
        let size = try Self.pageSize(call.header("x-ms-max-item-count"))
        // Microsoft's own script sends an empty token with its first page (defender.md section 1.1).
        if let token = call.header("x-ms-continuation"), !token.isEmpty {
            return .now(Self.response(try desk.go(on: token, text: text, pageSize: size)))
        }
        let reply = Reply(call)
        let answer = call.services.returning { (outcome: Result<QueryPage, HubError>) in
            reply.give { () throws(HubError) in Self.response(try outcome.get()) }
        }
        try desk.ask(query, text: text, pageSize: size, of: call.hub, then: answer)
        return .later
    }

    /// `{"query":"SELECT …"}` as above; answers with how its rows are found (`QueryExplanation`), and indexes nothing.
    private func explain(_ call: Call) throws(HubError) -> Answer {
        let (query, _) = try Self.query(call)
        guard query.collection != .jobs else {
            throw HubError(.argumentInvalid, "Jobs are not indexed: there is nothing to explain.")
        }
        let reply = Reply(call)
        let answer = call.services.returning { (explanation: QueryExplanation) in
            reply.give { () throws(HubError) in .json(explanation.document) }
        }
        try desk.explain(query, of: call.hub, then: answer)
        return .later
    }

    private static func query(_ call: Call) throws(HubError) -> (TwinQuery, text: String) {
        let body = try call.json().root
        guard body.kind == .object, let member = body["query"], !member.isNull else {
            throw HubError(.argumentNull, "BadRequest")
        }
        guard let text = member.string else { throw .badMember("query") }
        do throws(QueryError) {
            return (try TwinQuery(parsing: text), text)
        } catch {
            throw HubError(.argumentInvalid, error.description)
        }
    }

    static func pageSize(_ text: String?) throws(HubError) -> Int {
        guard let text, !text.isEmpty else { return pageSize }
        guard let wanted = Int(text), wanted > 0 else {
            throw HubError(.argumentInvalid, "'x-ms-max-item-count' is not a number of rows.")
        }
        return min(wanted, pageSize)
    }

    static func response(_ page: QueryPage) -> HTTPResponse {
        var response = HTTPResponse.json(page.body)
        response.fields.append(HTTPField("x-ms-item-type", page.itemType.rawValue))
        if let token = page.continuation { response.fields.append(HTTPField("x-ms-continuation", token)) }
        return response
    }
}
