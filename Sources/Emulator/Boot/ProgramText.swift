import Glibc

/// The process's own code in memory.
enum ProgramText {
    /// Lets go of the pages of code that the start has touched. Most of them nobody needs again: the reading of the command line,
    /// of certificates and of the log; and the kernel maps sixteen pages where one is touched. They are the files' own pages,
    /// never written to, so what is needed comes back at a touch.
    static func release() {
        guard let maps = Files.read("/proc/self/maps") else { return }
        for line in maps.split(separator: UInt8(ascii: "\n")) {
            let fields = String(decoding: line, as: UTF8.self).split(separator: " ")
            guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { continue }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2, let start = UnsafeMutableRawPointer(bitPattern: bounds[0]) else { continue }
            madvise(start, Int(bounds[1] - bounds[0]), Int32(MADV_DONTNEED))
        }
    }
}
