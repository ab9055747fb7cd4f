/// A blob's name in its container, and the folder it is kept in: `device/path/of/the/file` for what devices upload, or one segment
/// for a file of the container's own, such as an export's.
///
/// Whatever a client calls its file, the folder's path is made here of parts that hold no slash, begin with no dot and fit
/// a file system, so that no name leads out of the store; and two names never share a folder.
public struct BlobName: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// In bytes of UTF-8; Azure counts characters, a file system does not.
    public static let maximumLength = 1024

    /// Nil where the text is too long, or has segments that clients' URL code would take away:
    /// empty ones, `.` and `..`. Control characters are refused too.
    public init?(_ text: String) {
        let segments = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.maximumLength,
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            segments.allSatisfy({ !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) })
        else { return nil }
        self.text = text
    }

    public init?(device: String, file: String) {
        guard !device.utf8.contains(UInt8(ascii: "/")) else { return nil }
        self.init(device + "/" + file)
    }

    public var description: String { text }

    /// Bytes of one part of a folder's path; file systems take 255.
    static let partLength = 200
    /// Ends a part that the next one continues. Stands in no part itself.
    static let continued = "+"
    /// Holds the folders of names without a device. No device's part looks like this.
    static let ownFiles = "+container"

    /// The path under the store's root: the device's parts, then the file's, all but the last of each marked as continued.
    var folder: String {
        guard let slash = text.firstIndex(of: "/") else {
            return ([Self.ownFiles] + Self.parts(text[...])).joined(separator: "/")
        }
        return (Self.parts(text[..<slash]) + Self.parts(text[text.index(after: slash)...])).joined(separator: "/")
    }

    private static func parts(_ text: Substring) -> [String] {
        var parts = [""]
        for (index, scalar) in text.unicodeScalars.enumerated() {
            let piece: String
            switch scalar {
            case "%": piece = "%25"
            case "/": piece = "%2F"
            case "+": piece = "%2B"
            case "." where index == 0 || parts[parts.count - 1].isEmpty: piece = "%2E"
            default: piece = String(scalar)
            }
            if parts[parts.count - 1].utf8.count + piece.utf8.count > partLength {
                parts[parts.count - 1] += continued
                parts.append(scalar == "." ? "%2E" : piece)
            } else {
                parts[parts.count - 1] += piece
            }
        }
        return parts
    }
}
