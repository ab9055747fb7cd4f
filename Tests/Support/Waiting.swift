import Glibc

/// How long a condition is waited for, in milliseconds: longer than the slowest machine takes.
private let patience = 120_000

/// Whether a condition comes to hold; it is looked at again and again until it does.
public func comesToHold(_ condition: () -> Bool) -> Bool {
    for _ in 0..<patience {
        if condition() { return true }
        usleep(1000)
    }
    return false
}
