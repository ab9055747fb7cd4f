import Glibc

/// The machine's monotonic clock, finer than a shard's milliseconds: what measurements are taken with.
public enum MonotonicClock {
    /// Since the machine's start; the same for every process, so that two can be compared.
    public static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
