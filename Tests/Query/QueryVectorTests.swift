import Foundation
import JSON
import Testing

@testable import Query

/// Every row of query.md section 11 over its fixture; `QueryVectors.json` holds both.
struct QueryVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let row: Int
        let query: String
        /// Ids of the documents that match; nil where the row is about something else.
        let matches: [String]?
        /// Result rows as JSON; nil likewise.
        let rows: [String]?
        var testDescription: String { "\(row): \(query)" }
    }

    static let file: JSONValue = {
        do {
            let url = try #require(Bundle.module.url(forResource: "QueryVectors", withExtension: "json"))
            return try JSONDocument(parsing: Array(try Data(contentsOf: url))).root
        } catch {
            preconditionFailure("the vectors cannot be read: \(error)")
        }
    }()

    static let vectors: [Vector] = file["queries"]!.elements.map { entry in
        Vector(
            row: Int(entry["row"]!.int!), query: entry["query"]!.string!,
            matches: entry["matches"].map { $0.elements.map { $0.string! } },
            rows: entry["rows"].map { $0.elements.map { String(decoding: $0.raw, as: UTF8.self) } })
    }

    static func documents(_ query: TwinQuery) -> [(id: String, bytes: [UInt8])] {
        file[query.collection == .devices ? "devices" : "modules"]!.elements.map { document in
            let id = [document["deviceId"], document["moduleId"]].compactMap { $0?.string }.joined(separator: "/")
            return (id, Array(document.raw))
        }
    }

    @Test func `All rows are there`() {
        #expect(Set(Self.vectors.map(\.row)).isSuperset(of: Set(1...91).subtracting([80, 82])))
    }

    @Test(arguments: vectors.filter { $0.matches != nil })
    func `A condition matches what the table says`(vector: Vector) throws {
        let query = try TwinQuery(parsing: vector.query)
        let matching = Self.documents(query).filter { QueryDocument($0.bytes).withView(query.matches) }
        #expect(matching.map(\.id) == vector.matches)
    }

    @Test(arguments: vectors.filter { $0.rows != nil })
    func `A selection makes the rows that the table says`(vector: Vector) throws {
        let query = try TwinQuery(parsing: vector.query)
        let matching = Self.documents(query).map { QueryDocument($0.bytes) }.filter { $0.withView(query.matches) }
        var rows: [[UInt8]] = []
        if query.isAggregate {
            var aggregation = Aggregation(of: query)
            for document in matching { try document.withView { try aggregation.add($0) } }
            rows = aggregation.rows
        } else {
            for document in matching {
                var json = JSONWriter()
                document.withView { query.writeRow(of: $0, to: &json) }
                rows.append(json.bytes)
            }
        }
        let expected = try #require(vector.rows).map { $0.filter { !$0.isWhitespace } }
        // Groups have no order.
        #expect(rows.map { String(decoding: $0, as: UTF8.self) }.sorted() == expected.sorted())
    }

    @Test(arguments: vectors.filter { $0.matches == nil && $0.rows == nil })
    func `What the table calls an error is one`(vector: Vector) {
        #expect(throws: QueryError.self) { try TwinQuery(parsing: vector.query) }
    }
}
