import Glibc
import Testing

import Vocabulary

@testable import Emulator

/// Files that the server reads at its start: what is wrong with one is told with its name.
@Suite struct StartFileTests {
    private final class File {
        let path: String

        init(_ text: String) {
            var template = Array("/tmp/start-file-XXXXXX".utf8CString)
            let descriptor = mkstemp(&template)
            path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            close(descriptor)
            _ = Files.write(Array(text.utf8), to: path)
        }

        deinit { unlink(path) }
    }

    private static let route = #"{"name":"r","source":"DeviceMessages","endpointNames":["events"]}"#

    @Test func `A declaration of routes is read`() throws {
        let file = File(#"{"routes":[\#(Self.route)]}"#)
        _ = try RoutingFile(file.path)
    }

    @Test(arguments: [
        ("", "routing"), ("{", "routing"), ("[]", "not an object"), (#"{"paths":[]}"#, "'paths'"),
        (#"{"routes":[\#(route),\#(route)]}"#, "'r'"),
        (#"{"routes":[{"name":"r","source":"DeviceMessages","condition":"1 +","endpointNames":["events"]}]}"#, "'r'"),
    ])
    func `A wrong one is refused with the file's name and the reason`(_ text: String, word: String) {
        let file = File(text)
        let failure = #expect(throws: StartFailure.self) { try RoutingFile(file.path) }
        #expect(failure?.description.hasPrefix("--routing \(file.path): ") == true)
        #expect(failure?.description.contains(word) == true)
    }

    @Test func `One that is not there says so`() {
        let failure = #expect(throws: StartFailure.self) { try RoutingFile("/nowhere/routes.json") }
        #expect(failure?.description == "--routing /nowhere/routes.json: No such file or directory")
        let seeding = #expect(throws: StartFailure.self) { try Seeding(file: "/nowhere/seed.ndjson") }
        #expect(seeding?.description == "--seed /nowhere/seed.ndjson: No such file or directory")
    }

    @Test func `A line of a seed that is wrong is told by its number`() {
        let file = File("{\"id\":\"a\"}\n\n{\"id\":\"b c\"}\n")
        let failure = #expect(throws: StartFailure.self) { try Seeding(file: file.path) }
        #expect(failure?.description.contains("line 3") == true)
    }
}
