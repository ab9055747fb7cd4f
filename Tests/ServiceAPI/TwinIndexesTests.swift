import Hub
import Query
import Testing

@testable import ServiceAPI

/// Whether an index is asked, and what it costs to find out.
@Suite struct TwinIndexesTests {
    /// 4,000 devices in eight halls, each with a number of its own.
    private let fleet: HubOfLines

    init() throws {
        fleet = try HubOfLines((0..<4_000).map { #"{"id":"d\#($0)","tags":{"hall":\#($0 % 8),"number":\#($0)}}"# })
    }

    private func query(_ condition: String) throws -> TwinQuery {
        try TwinQuery(parsing: "SELECT deviceId FROM devices WHERE \(condition)")
    }

    @Test(arguments: [
        ("tags.number = 7", true, 1, true), ("tags.number IN [1, 2, 3, 8000]", true, 3, true),
        ("tags.number < 10", true, 10, false), ("tags.number >= 0", false, 4_000, false),
        ("tags.hall = 0", true, 500, false), ("tags.hall < 2 OR tags.hall IN [5, 6]", false, 2_000, false),
        ("tags.hall IN [0, 1, 2, 3]", false, 2_000, false), ("tags.hall = 0 OR tags.number = 1", true, 501, false),
        ("(tags.hall = 0 OR tags.hall = 1) AND tags.number = 8", true, 1, true),
        ("tags.number > 0 AND tags.hall = 0 AND tags.number IN [8, 9]", true, 1, false),
    ])
    func `An index is asked where it names few`(condition: String, isByIndex: Bool, matches: Int, isQuick: Bool) throws
    {
        var indexes = TwinIndexes()
        let moment = fleet.hub.moment()
        let query = try query(condition)
        let isQuickAtFirst = indexes.isQuick(query, in: moment)
        #expect(!isQuickAtFirst)
        for isAgain in [false, true] {
            var found = 0
            let search = indexes.find(query, in: moment) { _, _ in found += 1 }
            #expect(search.isByIndex == (isAgain && isByIndex))
            #expect(search.matches == found && found == matches)
            let isQuickNow = indexes.isQuick(query, in: moment)
            #expect(isQuickNow == isQuick)
        }
    }
}
