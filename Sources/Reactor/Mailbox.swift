import CSystem
import Glibc
import Synchronization

/// Work that other threads want done on a shard, in the order they asked, and the descriptor that wakes it.
///
/// The descriptor is written only where the shard has said that it is about to sleep, so a busy shard is never woken
/// and an idle one once for whatever piles up.
final class Mailbox: Sendable {
    typealias Work = @Sendable () -> Void

    private struct State {
        var work: [Work] = []
        var sleeping = false
        var closed = false
    }

    /// An eventfd, watched edge-triggered, so that nobody has to read it.
    let descriptor: Int32
    private let state = Mutex(State())

    init() throws(ReactorError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        guard descriptor >= 0 else { throw ReactorError(call: "eventfd", errno: errno) }
    }

    deinit { close(descriptor) }

    /// From any thread. Work posted to a shard that has been shut down is dropped.
    func post(_ work: @escaping Work) {
        let wakes = state.withLock { state in
            guard !state.closed else { return false }
            state.work.append(work)
            defer { state.sleeping = false }
            return state.sleeping
        }
        if wakes { wake() }
    }

    func wake() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Swaps what has piled up into `batch`, which is empty; the shard is awake from here on.
    func take(into batch: inout [Work]) {
        state.withLock { state in
            state.sleeping = false
            if !state.work.isEmpty { swap(&state.work, &batch) }
        }
    }

    /// Called before the shard waits: false when there is work to do first.
    func fallAsleep() -> Bool {
        state.withLock { state in
            state.sleeping = state.work.isEmpty
            return state.sleeping
        }
    }

    func shut() {
        let left = state.withLock { state in
            state.closed = true
            defer { state.work = [] }
            return state.work
        }
        _ = consume left
    }
}
