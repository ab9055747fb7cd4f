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
        let target = FolderTarget(path: folder.path + "/not/there/yet")
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
        let target = FolderTarget(path: folder.path + "/f")
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
        let target = FolderTarget(path: folder.path + "/f")
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
}
