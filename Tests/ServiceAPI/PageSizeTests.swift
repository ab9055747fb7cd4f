import Testing
import Vocabulary

@testable import ServiceAPI

/// `x-ms-max-item-count` (rest.md section 9).
@Suite struct PageSizeTests {
    @Test(
        arguments: [
            (nil, 100), ("", 100), ("1", 1), ("99", 99), ("100", 100), ("101", 100), ("9223372036854775807", 100),
        ] as [(String?, Int)])
    func `A page has as many rows as are wished for, and a hundred at most`(_ text: String?, size: Int) throws {
        #expect(try Queries.pageSize(text) == size)
    }

    @Test(arguments: ["0", "-1", "x", "1.5", " 1", "9223372036854775808"])
    func `What is no number of rows is refused`(_ text: String) {
        let error = #expect(throws: HubError.self) { try Queries.pageSize(text) }
        #expect(error?.code == .argumentInvalid)
    }
}
