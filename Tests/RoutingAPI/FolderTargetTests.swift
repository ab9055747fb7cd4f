import Events
import Foundation
import Journal
import Routing
import Synchronization
import Testing
import Vocabulary

@testable import RoutingAPI

struct FolderTargetTests {
    private func deliver(_ messages: [RoutedMessage], to target: FolderTarget) -> String? {
        let reason = Mutex<String?>(nil)
        target.deliver(messages) { failure in reason.withLock { $0 = failure?.reason } }
        return reason.withLock { $0 }
    }

    @Test func `A file holds one minute's messages, in their order`() throws {
        let folder = TemporaryFolder()
        let target = FolderTarget(path: folder.path + "/not/there/yet", keeping: .max)
        let start = Timestamp(unixSeconds: 1_798_761_599)
        let messages = try routed((0..<4).map { (text: "\($0)", time: start.adding(seconds: Double($0) * 30)) })
        #expect(deliver(Array(messages[..<1]), to: target) == nil)
        #expect(deliver(Array(messages[1...]), to: target) == nil)
        func bodies(_ name: String) throws -> [String] {
            let text = try String(contentsOfFile: "\(target.path)/\(name)", encoding: .utf8)
            #expect(text.hasSuffix("}\n"))
            return text.split(separator: "\n").map { String($0.split(separator: ":").last ?? "") }
        }
        #expect(try bodies("twinhub/0/2026/12/31/23/59.json") == ["0}"])
        #expect(try bodies("twinhub/0/2027/01/01/00/00.json") == ["1}", "2}"])
        #expect(try bodies("twinhub/0/2027/01/01/00/01.json") == ["3}"])
    }

    @Test func `What stands in the way is told, and nothing is lost by trying again`() throws {
        let folder = TemporaryFolder()
        let target = FolderTarget(path: folder.path + "/f", keeping: .max)
        let messages = try routed([("1", Timestamp(unixSeconds: 1_800_000_000))])
        try Data().write(to: URL(fileURLWithPath: target.path))
        #expect(deliver(messages, to: target)?.contains("Not a directory") == true)
        try FileManager.default.removeItem(atPath: target.path)
        #expect(deliver(messages, to: target) == nil)
        let text = try String(contentsOfFile: target.path + "/twinhub/0/2027/01/15/08/00.json", encoding: .utf8)
        #expect(
            text == #"{"EnqueuedTimeUtc":"2027-01-15T08:00:00Z","Properties":{"p":"v"},"SystemProperties":"#
                + #"{"contentType":"application/json","contentEncoding":"utf-8"},"Body":1}"# + "\n")
    }

    @Test(arguments: [0, 1, 70_000, 200_000])
    func `A line that a crash has torn is cut off, and what follows stands on lines of its own`(torn: Int) throws {
        let folder = TemporaryFolder()
        let target = FolderTarget(path: folder.path + "/f", keeping: .max)
        let file = URL(fileURLWithPath: target.path + "/twinhub/0/2027/01/15/08/00.json")
        let messages = try routed(["1", "2", "3"].map { ($0, Timestamp(unixSeconds: 1_800_000_000)) })
        #expect(deliver(messages, to: target) == nil)
        let whole = try Data(contentsOf: file)
        let half = Data(repeating: UInt8(ascii: "{"), count: torn)
        try (whole + half).write(to: file)
        #expect(deliver(messages, to: target) == nil)
        #expect(try Data(contentsOf: file) == whole + whole)
        // Nothing but half a line.
        try half.write(to: file)
        #expect(deliver(messages, to: target) == nil)
        #expect(try Data(contentsOf: file) == whole)
    }

    @Test func `What is more than may be kept goes, the oldest minute first, also what an earlier process has written`()
        throws
    {
        let folder = TemporaryFolder()
        let minutes = try routed((0..<6).map { ("\($0)", Timestamp(unixSeconds: 1_798_761_480 + 60 * Int64($0))) })
        let foreign = folder.path + "/f/twinhub/0/2026/12/31/notes.txt"
        var target = FolderTarget(path: folder.path + "/f", keeping: .max)
        #expect(deliver(Array(minutes[..<3]), to: target) == nil)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: foreign))
        func kept() throws -> [String] {
            let root = target.path + "/twinhub/0/"
            return try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".json") }.sorted()
        }
        #expect(try kept() == ["2026/12/31/23/58.json", "2026/12/31/23/59.json", "2027/01/01/00/00.json"])
        let size = try Data(contentsOf: URL(fileURLWithPath: target.path + "/twinhub/0/" + kept()[0])).count
        target = FolderTarget(path: target.path, keeping: 3 * size)
        #expect(deliver(Array(minutes[3..<4]), to: target) == nil)
        #expect(
            try kept() == ["2026/12/31/23/59.json", "2027/01/01/00/00.json", "2027/01/01/00/01.json"])
        #expect(deliver(Array(minutes[4...]), to: target) == nil)
        #expect(
            try kept() == ["2027/01/01/00/01.json", "2027/01/01/00/02.json", "2027/01/01/00/03.json"])
        #expect(!FileManager.default.fileExists(atPath: target.path + "/twinhub/0/2026/12/31/23"))
        #expect(FileManager.default.fileExists(atPath: foreign))
        // The file that is written to stays, however large.
        target = FolderTarget(path: target.path, keeping: 1)
        #expect(deliver(Array(minutes[5...]), to: target) == nil)
        #expect(try kept() == ["2027/01/01/00/03.json"])
    }
}
