import JSON

/// A process that was started, once or, in an aggregated event, several times.
struct StartedProcess {
    let executable: String
    let commandLine: String

    init(classic item: JSONValue) {
        executable = item["Executable"]?.string ?? ""
        commandLine = item["CommandLine"]?.string ?? ""
    }

    /// Nil for a process that has ended.
    init?(micro item: JSONValue) {
        guard item["event_type"]?.string != "EXIT" else { return nil }
        executable = item["executable"]?.string ?? ""
        commandLine = item["commandline"]?.string ?? ""
    }

    /// The executable's last path component, with either system's separator.
    var name: String { Self.name(of: executable) }

    static func name(of path: String) -> String { String(decoding: lastComponent(path.utf8), as: UTF8.self) }

    /// The command line's words without quotes, of so much of it as ``maximumBytes``. By bytes throughout: to find the
    /// characters of a text made for it takes time that grows with the square of its length.
    var words: [[UInt8]] {
        commandLine.utf8.prefix(Self.maximumBytes).split { Self.separators.contains($0) }
            .map { word in word.filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") } }
    }

    /// Bytes of a command line that are looked at.
    static let maximumBytes = 4096
    private static let separators = Array(" \t\n;|&".utf8)

    static func lastComponent(_ path: some BidirectionalCollection<UInt8>) -> some Collection<UInt8> {
        path.suffix(while: { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") })
    }
}

extension BidirectionalCollection {
    /// The longest end of which every element is so.
    fileprivate func suffix(while isSo: (Element) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, isSo(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
