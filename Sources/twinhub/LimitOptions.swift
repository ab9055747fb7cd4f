import ArgumentParser
import Emulator

/// The bounds that can be set; each is a named limit of the room that keeps it.
struct LimitOptions: ParsableArguments {
    @Option(help: "Desired patches kept for each twin.")
    var keepPatches = 256
    @Option(help: "Changes kept in memory for readers of the change feed.")
    var keepChanges = 10_000
    @Option(help: "Commands that may wait for the writer before one is answered 503.")
    var maxWaitingCommands = 100_000
    @Option(help: "Scheduled jobs that are active at a time: more is a 429 (1, 5 or 10 by the real hub's tier).")
    var activeJobs = 10
    @Option(help: "Bytes of one uploaded file: more is a 413.")
    var maxBlobBytes = 1 << 30
    @Option(help: "Bytes of all uploaded files together: what would be more is a 413.")
    var blobsKeep = 16 << 30
    @Option(help: "Bytes of the files of one folder endpoint: of more, the oldest are removed.")
    var endpointsKeep = 4 << 30
    @Option(help: "Attempts to bring messages to a webhook before they are given up; the waits between them double.")
    var webhookAttempts = 10
    @Option(help: "Connections in all; the descriptor limit bounds them too.")
    var maxConnections = 1_000_000
    @Option(help: "Bytes that may wait to be sent on one connection before it, or its slowest HTTP/2 stream, is cut.")
    var maxOutput = 16 << 20
    @Option(help: "Bytes of one segment of the event log.")
    var segmentBytes = 64 << 20
    @Option(help: "Bytes of the event log after which a snapshot is taken.")
    var snapshotBytes = 64 << 20
    @Option(help: "Bytes of history kept behind the newest snapshot, compressed.")
    var historyBytes = 1 << 30
    @Option(help: "Bytes of a request's head, in HTTP/2 of its list of fields: more is a 431.")
    var maxHead = 32 << 10
    @Option(help: "Header fields of a request: more is a 431.")
    var maxHeaders = 64
    @Option(help: "Bytes of a request's target: more is a 414.")
    var maxTarget = 8 << 10
    @Option(help: "Seconds for a request's head to arrive whole.")
    var headDeadline = 30
    @Option(help: "Seconds that a request's body may pause.")
    var bodyDeadline = 30
    @Option(help: "Seconds that a connection may stay open between requests.")
    var idleDeadline = 120
    @Option(help: "Seconds that a reader may take nothing before it is cut off.")
    var slowReaderDeadline = 30
    @Option(help: "Seconds for a TLS handshake.")
    var handshakeDeadline = 10

    @Option(help: "Bytes of all request bodies being received, together: more is a 503.")
    var maxBodyMemory = 256 << 20
    @Option(help: "HTTP/2: requests under way at once on a connection.")
    var maxStreams = 100
    @Option(help: "HTTP/2: streams of a connection that may be reset in a second.")
    var maxResets = 200
    @Option(help: "HTTP/2: CONTINUATION frames of one head.")
    var maxContinuations = 8
    @Option(help: "HTTP/2: frames of a connection that move nothing on, in a second.")
    var maxEmptyFrames = 200
    @Option(help: "HTTP/2: SETTINGS frames of a connection in a second.")
    var maxSettings = 20
    @Option(help: "HTTP/2: PING frames of a connection in a second.")
    var maxPings = 200

    /// Seconds.
    private static let longestDeadline = 86_400

    func validate() throws {
        let deadlines = [
            ("--head-deadline", headDeadline), ("--body-deadline", bodyDeadline), ("--idle-deadline", idleDeadline),
            ("--slow-reader-deadline", slowReaderDeadline), ("--handshake-deadline", handshakeDeadline),
        ]
        let counts = [
            ("--keep-changes", keepChanges), ("--max-waiting-commands", maxWaitingCommands),
            ("--active-jobs", activeJobs),
            ("--max-blob-bytes", maxBlobBytes), ("--blobs-keep", blobsKeep),
            ("--webhook-attempts", webhookAttempts), ("--endpoints-keep", endpointsKeep),
            ("--max-connections", maxConnections), ("--max-output", maxOutput), ("--max-head", maxHead),
            ("--max-headers", maxHeaders), ("--max-target", maxTarget),
            ("--segment-bytes", segmentBytes), ("--snapshot-bytes", snapshotBytes), ("--history-bytes", historyBytes),
            ("--max-body-memory", maxBodyMemory), ("--max-streams", maxStreams), ("--max-resets", maxResets),
            ("--max-continuations", maxContinuations), ("--max-empty-frames", maxEmptyFrames),
            ("--max-settings", maxSettings), ("--max-pings", maxPings),
        ]
        for (flag, value) in counts + deadlines where value < 1 {
            throw ValidationError("\(flag) must be at least 1.")
        }
        for (flag, seconds) in deadlines where seconds > Self.longestDeadline {
            throw ValidationError("\(flag) must be at most \(Self.longestDeadline), a day.")
        }
        guard keepPatches >= 0 else { throw ValidationError("--keep-patches must not be negative.") }
    }

    func apply(to configuration: inout Configuration) {
        configuration.hub.patchesPerTwin = keepPatches
        configuration.webhookRetry.attempts = webhookAttempts
        configuration.endpointBytes = endpointsKeep
        configuration.hub.changesInMemory = keepChanges
        configuration.hub.waitingCommands = maxWaitingCommands
        configuration.hub.activeJobs = activeJobs
        configuration.segmentBytes = segmentBytes
        configuration.snapshotBytes = snapshotBytes
        configuration.historyBytes = historyBytes
        configuration.blobs.blobBytes = maxBlobBytes
        configuration.blobs.keptBytes = blobsKeep
        configuration.reactor.connections = maxConnections
        configuration.reactor.connectionsPerShard = maxConnections
        configuration.reactor.outputBytes = maxOutput
        configuration.reactor.slowReaderMilliseconds = slowReaderDeadline * 1000
        configuration.reactor.handshakeMilliseconds = handshakeDeadline * 1000
        configuration.http2.slowReaderMilliseconds = slowReaderDeadline * 1000
        configuration.http.heldBodyBytes = maxBodyMemory
        configuration.http2.concurrentStreams = maxStreams
        configuration.http2.resetsPerSecond = maxResets
        configuration.http2.continuations = maxContinuations
        configuration.http2.emptyFramesPerSecond = maxEmptyFrames
        configuration.http2.settingsPerSecond = maxSettings
        configuration.http2.pingsPerSecond = maxPings
        configuration.http.headBytes = maxHead
        configuration.http.headerFields = maxHeaders
        configuration.http.targetBytes = maxTarget
        configuration.http.headMilliseconds = headDeadline * 1000
        configuration.http.bodyPauseMilliseconds = bodyDeadline * 1000
        configuration.http.keepAliveMilliseconds = idleDeadline * 1000
    }
}
