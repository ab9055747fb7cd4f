/// What a run tells while it runs and at its end. Times are those of ``MonotonicClock``.
public enum LoadReport: Sendable {
    /// All clients are ready.
    case connected(LoadMoment)
    /// All clients have been told the so-manieth change.
    case told(round: Int, LoadMoment)
    /// All clients are back after the server was gone; the moment begins with the first loss.
    case back(LoadMoment)
    /// Once a second.
    case progress(ready: Int, ClientCounts)
    case ended(LoadSummary)
}

/// From when to when something took place.
public struct LoadMoment: Hashable, Sendable {
    public var began: UInt64
    public var ended: UInt64

    public var seconds: Double { Double(ended - began) / 1e9 }
}

/// What came of a run.
public struct LoadSummary: Sendable {
    public var clients = 0
    /// The work itself, without connecting.
    public var work = LoadMoment(began: 0, ended: 0)
    /// When the last message or change came; 0 where none did.
    public var lastReceivedAt: UInt64 = 0
    public var counts = ClientCounts()
    /// From sending a message at QoS 1 to its acknowledgement; one message a client at a time.
    public var latencies = LatencyHistogram()
    /// Why the run counts for nothing; nil where all is well.
    public var failure: String?
}
