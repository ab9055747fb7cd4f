import Hub
import Query
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import ServiceAPI

/// What is kept of results for further pages.
@Suite struct QueryDeskTests {
    private let clock = Clock()

    @Test func `A result is kept for a time after its last page was read, whatever else is asked`() throws {
        let fleet = try HubOfLines((0..<5).map { #"{"id":"d\#($0)"}"# })
        let desk = QueryDesk(environment: clock.environment)
        let text = "SELECT deviceId FROM devices"
        let query = try TwinQuery(parsing: text)
        let result = try QueryResult(of: query) { take in fleet.hub.moment().forEach(take) }
        let first = desk.show(result, text: text, pageSize: 2)
        let token = try #require(first.continuation)
        for _ in 0..<3 {
            clock.advance(seconds: QueryDesk.keptSeconds - 1)
            let page = try desk.go(on: token, text: text, pageSize: 2)
            #expect(String(decoding: page.body, as: UTF8.self) == #"[{"deviceId":"d2"},{"deviceId":"d3"}]"#)
        }
        clock.advance(seconds: QueryDesk.keptSeconds + 1)
        for _ in 0..<2 {
            let error = #expect(throws: HubError.self) { try desk.go(on: token, text: text, pageSize: 2) }
            #expect(error?.code == .argumentInvalid)
        }
    }
}
