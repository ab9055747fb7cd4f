import Hub
import JSON
import Query
import Vocabulary

/// All rows of a query: the twins that match, as they stood, or what was made of them.
struct QueryResult: Sendable {
    private let query: TwinQuery
    private let rows: Rows

    private enum Rows: Sendable {
        case entities([Entity])
        case aggregates([[UInt8]])
    }

    /// Runs the query over everything. Rows are ordered by device and module, so that pages are the same each time.
    init(of query: TwinQuery, in moment: HubMoment) throws(HubError) {
        self.query = query
        var entities: [Entity] = []
        moment.forEach(modules: query.collection == .modules) { entity in
            if query.matches(Self.document(of: entity)) { entities.append(entity) }
            return true
        }
        entities.sort { $0.id < $1.id }
        guard query.isAggregate else {
            rows = .entities(query.top.map { Array(entities.prefix($0)) } ?? entities)
            return
        }
        var aggregation = Aggregation(of: query)
        do throws(Aggregation.TooManyGroups) {
            for entity in entities { try aggregation.add(Self.document(of: entity)) }
        } catch {
            throw HubError(.argumentInvalid, "The query makes more than \(QueryLimits.groups) groups.")
        }
        rows = .aggregates(aggregation.rows)
    }

    /// The twin as queries see it: a module's has `capabilities` here, and nowhere else (rest.md section 8).
    static func document(of entity: Entity) -> [UInt8] {
        let bytes = entity.document.bytes
        return entity.id.isModule ? bytes.dropLast() + capabilities : bytes
    }

    private static let capabilities = Array(#","capabilities":{"iotEdge":false}}"#.utf8)

    var count: Int {
        switch rows {
        case .entities(let entities): entities.count
        case .aggregates(let rows): rows.count
        }
    }

    var isOfDocuments: Bool { query.selectsDocuments }

    /// The rows as a JSON array.
    func page(_ range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<count)
        var json = JSONWriter()
        json.beginArray()
        switch rows {
        case .entities(let entities):
            for entity in entities[range] { query.writeRow(of: Self.document(of: entity), to: &json) }
        case .aggregates(let rows):
            for row in rows[range] { json.raw(row) }
        }
        json.endArray()
        return json.bytes
    }
}
