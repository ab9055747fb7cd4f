import Glibc

/// Lines for people on standard error.
public enum StandardError {
    public static func write(_ text: String) { StandardOutput.write(text, to: STDERR_FILENO) }
}

/// Lines on standard output, never held back in a buffer.
public enum StandardOutput {
    public static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

    public static func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0, to: STDOUT_FILENO) } }

    fileprivate static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
