import Glibc
import Synchronization

/// Keeps what an endpoint's folder holds within so many bytes: the files of the oldest minutes go, and the folders that they leave
/// empty. The file that is written to always stays, whatever its size.
final class FolderBound: Sendable {
    private let root: String
    private let bytes: Int
    /// What the files hold; nil before it was counted.
    private let held = Mutex<Int?>(nil)

    /// - Parameter root: the folder under which the files stand as `YYYY/MM/DD/HH/mm.json`, so that names are in the order of time.
    init(of root: String, to bytes: Int) {
        self.root = root
        self.bytes = bytes
    }

    /// So many bytes have been written to a file.
    func wrote(_ count: Int, to file: String) {
        held.withLock { held in
            // What was just written is on disk already where it is counted for the first time.
            var sum = held.map { $0 + count } ?? Self.size(root)
            while sum > bytes, let oldest = Self.oldest(root), oldest != file {
                let size = Self.size(oldest)
                guard unlink(oldest) == 0 else { break }
                sum -= size
            }
            held = sum
        }
    }

    /// The first file in the order of names; folders before it that hold none are removed.
    private static func oldest(_ folder: String) -> String? {
        for name in names(in: folder) {
            let path = "\(folder)/\(name)"
            if name.hasSuffix(suffix) { return path }
            if let found = oldest(path) { return found }
            rmdir(path)
        }
        return nil
    }

    /// Of a file, or of all that are in a folder.
    private static func size(_ path: String) -> Int {
        guard !path.hasSuffix(suffix) else {
            var status = stat()
            return stat(path, &status) == 0 ? Int(status.st_size) : 0
        }
        return names(in: path).reduce(0) { $0 + size("\(path)/\($1)") }
    }

    private static let suffix = ".json"

    /// Those that an endpoint makes, in order: numbers, and numbers of files. What else somebody has put there stays.
    private static func names(in folder: String) -> [String] {
        guard let open = opendir(folder) else { return [] }
        defer { closedir(open) }
        var names: [String] = []
        while let entry = readdir(open) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            let stem = name.hasSuffix(suffix) ? name.dropLast(suffix.count) : name[...]
            if !stem.isEmpty, stem.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
                names.append(name)
            }
        }
        return names.sorted()
    }
}
