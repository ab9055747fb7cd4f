import Glibc

/// Places where the process can be told to die at once, so that tests find out what a crash leaves behind.
///
/// `TWINHUB_CRASH_AT=append-before-sync:3` sends SIGKILL to the process the third time it gets there.
public enum CrashPoint: String, CaseIterable, Sendable {
    case appendBeforeWrite = "append-before-write"
    /// Half of the batch is written, then the process dies.
    case appendTorn = "append-torn"
    case appendBeforeSync = "append-before-sync"
    case appendAfterSync = "append-after-sync"
    case segmentBeforeFill = "segment-before-fill"
    case segmentAfterFill = "segment-after-fill"
    case segmentSwap = "segment-swap"
    case snapshotBeforeRename = "snapshot-before-rename"
    case snapshotAfterRename = "snapshot-after-rename"
    case snapshotAfterDelete = "snapshot-after-delete"
    case compactionBeforeRename = "compaction-before-rename"
    case compactionAfterRename = "compaction-after-rename"
    case compactionAfterDelete = "compaction-after-delete"
    case recoveryBeforeCut = "recovery-before-cut"
    case recoveryAfterCut = "recovery-after-cut"

    /// The variable that arms a point.
    public static let variable = "TWINHUB_CRASH_AT"

    private static let armed: ArmedCrash? = getenv(variable).flatMap { ArmedCrash(String(cString: $0)) }

    /// Dies here if this point is armed and its count is reached.
    @inline(__always)
    func reach() {
        if Self.armed != nil { dieIfDue() }
    }

    /// Whether the process is to die here now; who asks does the dying.
    var isDue: Bool { Self.armed.map { $0.countdown(at: self) } ?? false }

    private func dieIfDue() {
        if isDue { Self.die() }
    }

    static func die() -> Never {
        kill(getpid(), SIGKILL)
        while true { pause() }
    }
}
