/// What a run of agents tells while it runs and at its end.
public enum AgentReport: Sendable {
    /// All agents have read their twins, and all that report have done so.
    case started(LoadMoment)
    /// All agents have been told the so-manieth change since they first read their twins.
    case told(change: Int, LoadMoment)
    /// All agents that report have reported it; the moment begins when the first was told.
    case reported(change: Int, LoadMoment)
    /// Once a second.
    case progress(AgentCounts)
    case ended(AgentSummary)
}

/// What came of a run of agents.
public struct AgentSummary: Sendable {
    public var agents = 0
    /// Of them, those that do not follow their twin, say nothing, or have baseline checks that fail.
    public var drifting = 0
    public var silent = 0
    public var failingBaseline = 0
    /// From the first dial to the end.
    public var work = LoadMoment(began: 0, ended: 0)
    public var counts = AgentCounts()
    /// Why the run counts for nothing; nil where all is well.
    public var failure: String?
}
