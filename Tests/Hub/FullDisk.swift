import Glibc
import Synchronization
import TestSupport

@testable import Journal

/// A disk that is full now and then, when it is told to be.
final class FullDisk: Sendable {
    private struct State {
        var random: SeededRandom?
        /// Bytes that still find room; nil for no bound.
        var room: Int?
    }

    private let state: Mutex<State>

    /// Without random numbers it always has room.
    init(_ random: SeededRandom? = nil) { state = Mutex(State(random: random)) }

    /// Whether it is full from now on. Sometimes a part of a line still finds room.
    func isFullNow() -> Bool {
        state.withLock { state in
            guard state.random?.once(in: 5) == true else { return false }
            state.room = state.random?.below(150)
            return true
        }
    }

    func hasRoomAgain() { state.withLock { $0.room = nil } }

    var operations: FileOperations {
        FileOperations(
            write: { [self] descriptor, bytes, offset in
                let count = state.withLock { state -> Int in
                    let count = min(bytes.count, state.room ?? bytes.count)
                    state.room = state.room.map { $0 - count }
                    return count
                }
                guard count > 0 else {
                    errno = ENOSPC
                    return -1
                }
                return pwrite(descriptor, bytes.baseAddress, count, offset)
            }, sync: { fdatasync($0) })
    }
}
