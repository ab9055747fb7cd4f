import Blobs
import Testing

@testable import FilesAPI

/// The lines of a blob, however its bytes come.
@Suite struct ImportLinesTests {
    private final class Pieces: ContainerReading {
        private var rest: ArraySlice<UInt8>
        private let size: Int

        init(_ bytes: [UInt8], by size: Int) {
            rest = bytes[...]
            self.size = size
        }

        func next() -> [UInt8] {
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
    }

    private func lines(_ bytes: [UInt8], by size: Int, after skipped: Int = 0) throws -> [(number: Int, text: String?)]
    {
        var lines = ImportLines(Pieces(bytes, by: size))
        var found: [(Int, String?)] = []
        while let line = try lines.next(after: skipped) {
            found.append((line.number, line.text.map { String(decoding: $0, as: UTF8.self) }))
        }
        return found
    }

    @Test(arguments: [1, 2, 3, 5, 100])
    func `Lines are numbered, empty ones are passed over and count, and the last needs no end`(by size: Int) throws {
        let bytes = Array("\u{FEFF}a\n\n  \r\nbc\r\n\u{FEFF}\nd".utf8)
        let found = try lines(bytes, by: size)
        #expect(found.map(\.number) == [1, 4, 5, 6])
        #expect(found.map(\.text) == ["a", "bc\r", "\u{FEFF}", "d"])
        #expect(try lines(bytes, by: size, after: 4).map(\.number) == [5, 6])
        #expect(try lines(bytes, by: size, after: 6).isEmpty)
    }

    @Test(arguments: [1 << 16, 1 << 20, 3 << 20])
    func `A line that is too long is told without its text, and the next is read`(by size: Int) throws {
        let longest = [UInt8](repeating: UInt8(ascii: "x"), count: ImportLines.maximumBytes)
        let bytes = longest + Array("\n".utf8) + longest + Array("y\nend\n".utf8)
        let found = try lines(bytes, by: size)
        #expect(found.map(\.number) == [1, 2, 3])
        #expect(found.map { $0.text?.utf8.count } == [longest.count, nil, 3])
    }

    @Test(arguments: ["", "\n", "\r\n \n"]) func `Nothing has no lines`(_ text: String) throws {
        #expect(try lines(Array(text.utf8), by: 1).isEmpty)
    }
}
