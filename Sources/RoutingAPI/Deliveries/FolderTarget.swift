import Glibc
import Hub
import JSON
import Vocabulary

/// A folder as the real hub's storage endpoint fills a container: `{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}`, one JSON
/// object a line. A file holds one minute's messages, by the time of their arrival at the hub.
struct FolderTarget: DeliveryTarget {
    let path: String

    /// There is one partition.
    private static let partition = "0"

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
        let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            guard errno == ENOENT, !hasFolders, Self.makeFolders(above: file) else { return Self.reason(file) }
            return append(bytes, to: name, hasFolders: true)
        }
        defer { close(descriptor) }
        let before = lseek(descriptor, 0, SEEK_END)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = Self.reason(file)
                // It is tried again as a whole.
                if before >= 0 { ftruncate(descriptor, before) }
                return reason
            }
            rest = rest.dropFirst(count)
        }
        return fdatasync(descriptor) == 0 ? nil : Self.reason(file)
    }

    private static func makeFolders(above file: String) -> Bool {
        guard let slash = file.lastIndex(of: "/"), slash > file.startIndex else { return false }
        let folder = String(file[..<slash])
        if mkdir(folder, 0o755) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT, makeFolders(above: folder) else { return false }
        return mkdir(folder, 0o755) == 0 || errno == EEXIST
    }

    private static func reason(_ file: String) -> String { "\(file): \(String(cString: strerror(errno)))" }
}
