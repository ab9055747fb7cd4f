import Testing

@testable import RoutingAPI

/// Where an endpoint begins that has got nothing yet.
struct DeclarationsTests {
    @Test func `It begins behind what was there before its declaration`() {
        var declarations = Declarations()
        let ticket = declarations.begin(after: 7, known: [])
        #expect(declarations.start(of: "a") == 7)
        declarations.end(ticket)
        #expect(declarations.start(of: "a") == 0)
    }

    @Test func `Of declarations at the same time the first may be the one that brought it`() {
        var declarations = Declarations()
        let first = declarations.begin(after: 7, known: [])
        let second = declarations.begin(after: 9, known: ["b"])
        #expect(declarations.start(of: "a") == 7 && declarations.start(of: "b") == 7)
        declarations.end(first)
        #expect(declarations.start(of: "a") == 9)
        declarations.end(second)
        _ = declarations.begin(after: 11, known: [])
        #expect(declarations.start(of: "a") == 11)
    }

    @Test func `One that was declared already and has no cursor misses nothing`() {
        var declarations = Declarations()
        _ = declarations.begin(after: 7, known: ["a"])
        #expect(declarations.start(of: "a") == 0)
        #expect(declarations.start(of: "b") == 7)
        declarations.endAll()
        #expect(declarations.start(of: "b") == 0)
    }

    @Test func `Without a disk a cursor stays in memory while its endpoint is declared`() {
        let cursors = DeliveryCursors(folder: nil)
        for (number, name) in ["gone", "here"].enumerated() {
            cursors.cursor(of: name, declared: []).write(UInt64(number) + 1)
        }
        #expect(cursors.cursor(of: "gone", declared: []).read() == 1)
        for number in 0..<DeliveryCursors.namesInMemory {
            _ = cursors.cursor(of: "\(number)", declared: ["here", "\(number)"])
        }
        #expect(cursors.cursor(of: "gone", declared: []).read() == nil)
        #expect(cursors.cursor(of: "here", declared: []).read() == 2)
    }
}
