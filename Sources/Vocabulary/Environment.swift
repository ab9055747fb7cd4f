import CSystem
import Glibc

/// Where time, randomness and identifiers come from; tests and demos put their own in its place.
public struct Environment: Sendable {
    /// The wall clock.
    public var now: @Sendable () -> Timestamp
    /// A monotonic clock in milliseconds, from an arbitrary start.
    public var uptimeMilliseconds: @Sendable () -> UInt64
    /// Fills the buffer with random bytes.
    public var fillRandom: @Sendable (UnsafeMutableRawBufferPointer) -> Void

    public init(
        now: @escaping @Sendable () -> Timestamp,
        uptimeMilliseconds: @escaping @Sendable () -> UInt64,
        fillRandom: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
    ) {
        self.now = now
        self.uptimeMilliseconds = uptimeMilliseconds
        self.fillRandom = fillRandom
    }

    /// The machine's clocks and the kernel's random generator.
    public static let system = Environment(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(unixSeconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
        },
        uptimeMilliseconds: {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
        },
        fillRandom: { buffer in
            guard csystem_random(buffer.baseAddress, buffer.count) == 0 else {
                fatalError("the kernel's random generator failed: \(SystemError.text())")
            }
        })

    /// Bytes fit for keys: of the system's generator, unless a test has put its own in its place.
    public func randomBytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            fillRandom(UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }

    public func randomUInt64() -> UInt64 {
        var value: UInt64 = 0
        withUnsafeMutableBytes(of: &value) { fillRandom($0) }
        return value
    }

    /// A new request's identifier.
    public func requestID() -> RequestID { RequestID(high: randomUInt64(), low: randomUInt64()) }
}
