import ArgumentParser
import Emulator
import Hub
import Journal
import Vocabulary

/// `twinhub log`: reads and mends the event log. The same code as the server's.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Check, read, compact or repair the event log of a data folder.",
        subcommands: [Verify.self, Dump.self, Compact.self, Repair.self, CrashPoints.self])

    /// Every log in a data folder, the hub's own first.
    private static func folders(_ place: DataOption) throws -> [String] {
        let folder = DataFolder(place.data)
        guard Files.isFolder(folder.log) else { throw StartFailure("\(folder.log): there is no event log") }
        return [folder.log] + (Files.isFolder(folder.events) ? [folder.events] : [])
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Check every line of every file. Changes nothing.")
        @OptionGroup var place: DataOption

        func run() throws {
            try Failures.reported {
                var isSound = true
                for folder in try LogCommand.folders(place) {
                    let isHubs = folder == DataFolder(place.data).log
                    let report =
                        isHubs
                        ? try Journal.verify(folder: folder, showing: SnapshotCheck())
                        : try Journal.verify(folder: folder)
                    for file in report.files {
                        StandardOutput.write("\(folder)/\(file.name): \(file.records) lines, \(file.bytes) bytes\n")
                    }
                    if let torn = report.tornTail {
                        StandardOutput.write("\(folder)/\(torn), which the next start does\n")
                    }
                    for damage in report.damage { StandardError.write("twinhub: \(folder)/\(damage)\n") }
                    isSound = isSound && report.damage.isEmpty
                    if report.damage.isEmpty {
                        StandardOutput.write("\(folder): sound, \(report.lastSequence) records\n")
                    }
                }
                if !isSound { throw ExitCode.failure }
            }
        }
    }

    struct Dump: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dump", abstract: "Print every record, history included, one JSON object a line.")
        @OptionGroup var place: DataOption
        @Option(help: "The first record's sequence.")
        var from: UInt64 = 0
        @Flag(help: "The events for back ends in place of the hub's own.")
        var events = false

        /// Bytes that are gathered before they are written.
        private static let chunk = 64 << 10

        func run() throws {
            try Failures.reported {
                _ = try LogCommand.folders(place)
                let folder = events ? DataFolder(place.data).events : DataFolder(place.data).log
                var text: [UInt8] = []
                try Journal.dump(folder: folder, from: from) { record in
                    text += record.text.array
                    text.append(UInt8(ascii: "\n"))
                    if text.count >= Self.chunk {
                        StandardOutput.write(text)
                        text.removeAll(keepingCapacity: true)
                    }
                    return true
                }
                StandardOutput.write(text)
            }
        }
    }

    struct Compact: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact", abstract: "Compress what the newest snapshot covers. The server must be stopped.")
        @OptionGroup var place: DataOption

        func run() throws {
            try Failures.reported {
                for folder in try LogCommand.folders(place) { try Journal.compact(folder: folder) }
            }
        }
    }

    struct Repair: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "repair",
            abstract: "Go back to the state before a damage; what is dropped stays in files named damaged-…")
        @OptionGroup var place: DataOption

        func run() throws {
            try Failures.reported {
                for folder in try LogCommand.folders(place) {
                    let report = try Journal.repair(folder: folder, at: Environment.system.now())
                    if report.changes.isEmpty { StandardOutput.write("\(folder): nothing to repair\n") }
                    for change in report.changes { StandardOutput.write("\(folder)/\(change)\n") }
                    for file in report.setAside { StandardOutput.write("\(folder)/\(file): kept for you\n") }
                }
            }
        }
    }

    /// For the tests of crashes.
    struct CrashPoints: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "crash-points", abstract: "The places where a test can make the server die.",
            shouldDisplay: false)

        func run() { for point in CrashPoint.allCases { StandardOutput.write(point.rawValue + "\n") } }
    }
}
