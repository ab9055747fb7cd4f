import Hub
import Query
import Testing

@testable import ServiceAPI

/// Rows of twins, in order.
@Suite struct QueryResultTests {
    @Test(arguments: [0, 1, 7, 999, 1_000, 1_001, 2_499, 2_500, 9_000, 1 << 62])
    func `The first rows are the first of all, by device and module`(top: Int) throws {
        // Modules beside devices whose names go on behind theirs, and in no order.
        let names = (0..<2_500).map { "d\($0 &* 7_919 % 2_503)" }
        let fleet = try HubOfLines(names.map { #"{"id":"\#($0)"}"# })
        let query = try TwinQuery(parsing: "SELECT TOP \(top) deviceId FROM devices")
        let result = try QueryResult(of: query) { take in fleet.hub.moment().forEach(take) }
        let rows = names.sorted().prefix(top).map { #"{"deviceId":"\#($0)"}"# }
        #expect(result.count == rows.count)
        #expect(String(decoding: result.page(0..<Int.max), as: UTF8.self) == "[\(rows.joined(separator: ","))]")
    }
}
