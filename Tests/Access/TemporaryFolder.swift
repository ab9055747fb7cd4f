import Glibc

/// A folder that goes with the test, and the `openssl` command in it.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/twinhub-access-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit { shell("rm -r \(path)") }

    /// What the command printed, on either stream.
    @discardableResult
    func shell(_ command: String) -> String {
        guard let pipe = popen("cd \(path) && { \(command)\n} 2>&1", "r") else { return "" }
        defer { pclose(pipe) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, pipe)
            guard count > 0 else { break }
            output += chunk[..<count]
        }
        return String(decoding: output, as: UTF8.self)
    }

    func bytes(_ name: String) -> [UInt8] {
        guard let file = fopen("\(path)/\(name)", "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }

    func text(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }

    /// The file's permissions, as `chmod` takes them.
    func mode(_ name: String) -> UInt32 {
        var status = stat()
        return stat("\(path)/\(name)", &status) == 0 ? status.st_mode & 0o777 : 0
    }
}
