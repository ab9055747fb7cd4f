import Endpoints

/// `x-ms-range` or `Range`: `bytes=FROM-[TO]`; the forms that Azure takes.
struct ByteRange {
    let from: Int
    let to: Int?

    /// Of a request; the first of the two headers counts.
    init(_ call: Call) throws(BlobError) {
        try self.init(header: call.header("x-ms-range") ?? call.header("range"))
    }

    /// The whole blob where there is none.
    init(header text: String?) throws(BlobError) {
        guard let text else {
            from = 0
            to = nil
            isWhole = true
            return
        }
        isWhole = false
        let parts = text.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard text.hasPrefix("bytes="), parts.count == 2, let from = Int(parts[0]), from >= 0 else {
            throw .invalid(header: "Range")
        }
        self.from = from
        if parts[1].isEmpty {
            to = nil
        } else {
            guard let to = Int(parts[1]), to >= from else { throw .invalid(header: "Range") }
            self.to = to
        }
    }

    let isWhole: Bool

    /// What of so many bytes is meant.
    func part(of size: Int) throws(BlobError) -> Range<Int> {
        if isWhole { return 0..<size }
        guard from < size else {
            throw BlobError(
                416, "InvalidRange", "The range specified is invalid for the current size of the resource.")
        }
        return from..<min(size, to.map { $0 == .max ? .max : $0 + 1 } ?? size)
    }
}
