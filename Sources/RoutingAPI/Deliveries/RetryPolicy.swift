/// How often and when a failed delivery is tried again.
public struct RetryPolicy: Sendable {
    /// Attempts in all, after which the messages are given up; nil tries for as long as they are kept.
    public var attempts: Int?
    /// In milliseconds; each further wait is twice as long.
    public var firstWait = 500
    /// In milliseconds.
    public var longestWait = 30_000

    public init(attempts: Int? = nil) { self.attempts = attempts }

    /// How long to wait after so many failures in a row; nil where it is over.
    func wait(afterFailures failures: Int) -> Int? {
        if let attempts, failures >= attempts { return nil }
        return min(firstWait << min(failures - 1, 16), longestWait)
    }
}
