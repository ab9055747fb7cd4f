import Dispatch
import Synchronization

/// Work that happens once, whichever of its causes comes first.
final class Once: Sendable {
    private let work: Mutex<(@Sendable () -> Void)?>

    init(_ work: @escaping @Sendable () -> Void) { self.work = Mutex(work) }

    func run() {
        let work = self.work.withLock { work in
            defer { work = nil }
            return work
        }
        work?()
    }

    func run(afterMilliseconds delay: Int) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(delay)) { self.run() }
    }
}
