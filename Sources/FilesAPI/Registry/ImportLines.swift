import Blobs

/// The lines of a blob, one after the other. Empty ones are passed over, and count.
struct ImportLines {
    /// Bytes of a line beyond which it is not read: a twin of the largest size with all its spaces takes a tenth of it.
    static let maximumBytes = 1 << 20

    private let reading: any ContainerReading
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var number = 0

    init(_ reading: any ContainerReading) { self.reading = reading }

    /// The next line behind so many, without its text where that is too long; nil at the end.
    mutating func next(after skipped: Int) throws(BlobFailure) -> (number: Int, text: [UInt8]?)? {
        while let line = try nextText() {
            guard number > skipped else { continue }
            guard line.count <= Self.maximumBytes else { return (number, nil) }
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\t") }) {
                continue
            }
            return (number, line)
        }
        return nil
    }

    /// The next line; of one that is too long no more than its first bytes, which are too many.
    private mutating func nextText() throws(BlobFailure) -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                append(end, to: &line)
                start = end + 1
                return finish(line)
            }
            append(buffer.endIndex, to: &line)
            buffer = isAtEnd ? [] : try reading.next()
            start = 0
            if buffer.isEmpty {
                isAtEnd = true
                return line.isEmpty ? nil : finish(line)
            }
        }
    }

    private mutating func append(_ end: Int, to line: inout [UInt8]) {
        let room = Self.maximumBytes + 1 - line.count
        line += buffer[start..<end].prefix(max(0, room))
    }

    private mutating func finish(_ line: [UInt8]) -> [UInt8] {
        number += 1
        // .NET's UTF8 encoding begins a file with a byte order mark.
        return number == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(line.dropFirst(3)) : line
    }
}
