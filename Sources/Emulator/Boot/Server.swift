import Dispatch
import Glibc
import Logging
import Reactor
import Synchronization

/// The process around the emulator: starts it, says so, and waits for a signal to stop.
public enum Server {
    /// Does beside the caller what every start needs before it knows its configuration. For a caller who is sure to
    /// `run` next, and has the command line to read before.
    public static func getReady() {
        TLSContext.keepUntilExit()
        DispatchQueue.global(qos: .userInitiated).async { TLSContext.warmUp() }
    }

    /// Returns never: the process exits with 0 after SIGTERM or SIGINT.
    ///
    /// - Throws: `StartFailure` where it cannot start.
    public static func run(_ configuration: Configuration) throws(StartFailure) {
        let format = configuration.logFormat
        LoggingSystem.bootstrap { LogLines(label: $0, format: format) }
        let logger = Logger(label: "twinhub")
        // Taken over before anything can be asked to stop.
        let signals = Signals()
        let emulator = try Emulator(configuration, logger: logger)
        let report = ReadyReport(emulator: emulator)
        try report.save()
        if let exposure = report.exposure { logger.warning("\(exposure)") }
        StandardOutput.write(report.text + report.line + "\n")
        signals.whenStopped(first: { emulator.stop { exit(0) } })
        dispatchMain()
    }
}

/// SIGTERM and SIGINT: the first asks for an orderly end, a second one ends at once.
///
/// Not checked: the sources are set once, before anything else can see this object.
private final class Signals: @unchecked Sendable {
    private struct State {
        var count = 0
        var first: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private var sources: [any DispatchSourceSignal] = []

    /// The exit status of a process that did not wait for its orderly end.
    private static let interruptedStatus: Int32 = 130

    init() {
        let queue = DispatchQueue(label: "twinhub.signals")
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { self.arrived() }
            source.resume()
            sources.append(source)
        }
    }

    func whenStopped(first body: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.first = body
            return state.count > 0
        }
        if isLate { body() }
    }

    private func arrived() {
        let first = state.withLock { state -> (@Sendable () -> Void)? in
            state.count += 1
            if state.count > 1 { exit(Self.interruptedStatus) }
            return state.first
        }
        first?()
    }
}
