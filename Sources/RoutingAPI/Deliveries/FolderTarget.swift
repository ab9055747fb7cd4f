import Glibc
import Hub
import JSON
import Vocabulary

/// A folder as the real hub's storage endpoint fills a container: `{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}`, one JSON
/// object a line. A file holds one minute's messages, by the time of their arrival at the hub. It is bounded: the oldest files go.
struct FolderTarget: DeliveryTarget {
    let path: String
    private let bound: FolderBound

    /// There is one partition.
    private static let partition = "0"

    /// - Parameter bytes: what its files may hold together.
    init(path: String, keeping bytes: Int) {
        self.path = path
        bound = FolderBound(of: "\(path)/\(HubName.name)/\(Self.partition)", to: bytes)
    }

    func deliver(_ messages: [RoutedMessage], then answer: @escaping @Sendable (DeliveryFailure?) -> Void) {
        var rest = messages[...]
        while let first = rest.first {
            let name = Self.name(first.enqueuedTime)
            let together = rest.prefix { Self.name($0.enqueuedTime) == name }
            var lines: [UInt8] = []
            for message in together {
                var json = JSONWriter()
                message.write(to: &json)
                lines += json.bytes
                lines.append(UInt8(ascii: "\n"))
            }
            if let reason = append(lines, to: name) { return answer(DeliveryFailure(reason: reason)) }
            bound.wrote(lines.count, to: "\(path)/\(name)")
            rest = rest.dropFirst(together.count)
        }
        answer(nil)
    }

    /// `twinhub/0/2026/05/01/10/07.json`.
    static func name(_ time: Timestamp) -> String {
        let text = time.description.utf8.map { Character(UnicodeScalar($0)) }
        let parts = [text[0..<4], text[5..<7], text[8..<10], text[11..<13], text[14..<16]].map { String($0) }
        return "\(HubName.name)/\(partition)/\(parts.joined(separator: "/")).json"
    }

    /// On disk when it returns; nil, or what stands against it.
    private func append(_ bytes: [UInt8], to name: String, hasFolders: Bool = false) -> String? {
        let file = path + "/" + name
        let descriptor = open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            guard errno == ENOENT, !hasFolders, Self.makeFolders(above: file) else { return Self.reason(file) }
            return append(bytes, to: name, hasFolders: true)
        }
        defer { close(descriptor) }
        guard let before = Self.cutTornLine(descriptor) else { return Self.reason(file) }
        // A file that is new has to be found again after a power failure.
        if before == 0, !Files.syncName(of: file) { return Self.reason(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = Self.reason(file)
                // It is tried again as a whole.
                ftruncate(descriptor, before)
                return reason
            }
            rest = rest.dropFirst(count)
        }
        return fdatasync(descriptor) == 0 ? nil : Self.reason(file)
    }

    /// How much of a file's end is looked at at once for where its last line begins.
    private static let lookedAtBytes = 64 << 10

    /// Cuts off what stands behind the last whole line: a crash came in the middle of it, and its message comes again. Answers
    /// how long the file is then; nil where that fails.
    private static func cutTornLine(_ descriptor: Int32) -> off_t? {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { return nil }
        var end = size
        var block = [UInt8](repeating: 0, count: lookedAtBytes)
        // Of a file that ends with a line one byte tells it.
        var count: off_t = 1
        while end > 0 {
            let start = max(0, end - count)
            guard pread(descriptor, &block, Int(end - start), start) == Int(end - start) else { return nil }
            if let newline = block[..<Int(end - start)].lastIndex(of: UInt8(ascii: "\n")) {
                end = start + off_t(newline) + 1
                break
            }
            end = start
            count = off_t(lookedAtBytes)
        }
        return end == size || ftruncate(descriptor, end) == 0 ? end : nil
    }

    /// They are on disk when it returns true.
    private static func makeFolders(above file: String) -> Bool {
        guard let slash = file.lastIndex(of: "/"), slash > file.startIndex else { return false }
        return Files.makeFolder(String(file[..<slash]))
    }

    private static func reason(_ file: String) -> String { "\(file): \(SystemError.text())" }
}
