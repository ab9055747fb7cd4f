import Emulator
import Vocabulary

/// What comes on standard input.
enum StandardInput {
    /// Everything up to its end.
    static func read() throws(StartFailure) -> [UInt8] {
        guard let bytes = Files.read("/dev/stdin") else { throw StartFailure("standard input: \(SystemError.text())") }
        return bytes
    }
}
