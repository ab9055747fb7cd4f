import ArgumentParser
import Emulator
import Glibc
import JSON
import Synchronization

/// `twinhub watch`: changes as they happen, as a diff.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Show changes as they happen, as a diff.")

    @Argument(help: "DEVICE or DEVICE/MODULE; everything where it is left out.")
    var subject: String?
    @OptionGroup var server: ServerOption

    /// How long it waits before it connects again, in seconds.
    private static let retrySeconds: UInt32 = 1

    func run() throws {
        try Failures.reported {
            let style = TerminalStyle.standardOutput
            // From here on nothing is missed, also while the connection is lost.
            let last = Mutex(try server.client().lastSequence())
            let isLost = Atomic(false)
            while true {
                do {
                    // A server that comes back may come back on other ports.
                    try server.client().follow(path(after: last.withLock { $0 })) {
                        isLost.store(false, ordering: .relaxed)
                    } _: { event, data in
                        guard event == "change", let change = try? JSONDocument(parsing: Array(data.utf8)).root else {
                            return
                        }
                        if let sequence = change["sequence"]?.counter { last.withLock { $0 = sequence } }
                        StandardOutput.write(ChangeText(change, style).text)
                    }
                } catch let refusal as HubClient.Refusal {
                    throw StartFailure(refusal.description)
                } catch {
                    if !isLost.exchange(true, ordering: .relaxed) {
                        StandardError.write("twinhub: \(error); trying again\n")
                    }
                }
                sleep(Self.retrySeconds)
            }
        }
    }

    private func path(after sequence: UInt64) -> String {
        var path = "/emulator/changes?after=\(sequence)"
        guard let subject else { return path }
        let (device, module) = PathSegment.split(subject)
        path += "&deviceId=\(PathSegment.encode(device))"
        if let module { path += "&moduleId=\(PathSegment.encode(module))" }
        return path
    }
}
