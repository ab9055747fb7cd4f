import Glibc
import Synchronization

/// The cursors of endpoints, by their names.
final class DeliveryCursors: Sendable {
    /// Names whose positions stay in memory where there is no disk. Of more, some that are declared no longer are forgotten,
    /// and begin anew when they come back.
    static let namesInMemory = 10_000

    private let folder: String?
    private let inMemory = Mutex([String: DeliveryCursor]())

    /// - Parameter folder: nil where nothing is kept on disk.
    init(folder: String?) { self.folder = folder }

    /// - Parameter declared: the names that have to stay.
    func cursor(of name: String, declared: Set<String>) -> DeliveryCursor {
        if let folder {
            mkdir(folder, 0o755)
            return DeliveryCursor(path: "\(folder)/\(name)")
        }
        return inMemory.withLock { cursors in
            if let known = cursors[name] { return known }
            if cursors.count >= Self.namesInMemory { cursors = cursors.filter { declared.contains($0.key) } }
            let cursor = DeliveryCursor(path: nil)
            cursors[name] = cursor
            return cursor
        }
    }
}
