import Testing

@testable import twinhub

/// Server-sent events, however their bytes come.
@Suite struct EventLinesTests {
    @Test(arguments: 1...12)
    func `Events are the same in whatever pieces they come`(by size: Int) {
        let text =
            ": comment\n\nid: 7\nevent: patch\ndata: {\"a\":\ndata: 1}\n\ndata:x\n\nid: 9\n\nevent: end\ndata: \n\n"
        var lines = EventLines()
        var events: [EventLines.Event] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            rest.prefix(size).withUnsafeBytes { events += lines.take($0) }
            rest = rest.dropFirst(size)
        }
        #expect(events.map(\.name) == ["patch", "message", "end"])
        #expect(events.map(\.id) == [7, nil, nil])
        #expect(events.map(\.data) == ["{\"a\":\n1}", "x", ""])
    }

    @Test func `Columns are as wide as their widest cell, and the last ends its line`() {
        let rows = [["NAME", "N"], ["a", "1"], ["longer", "22"]]
        #expect(TextTable.text(rows) == "NAME    N\na       1\nlonger  22\n")
        #expect(TextTable.text([]) == "")
    }
}
