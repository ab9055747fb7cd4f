import Glibc
import Vocabulary

/// A system call that failed while a socket was being set up, and for which address.
public struct ReactorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system call, or `parse` where the address was not understood.
    public let call: String
    /// The call's `errno`, as `EADDRINUSE` or `EACCES`.
    public let errno: Int32
    /// The address as a person writes it, `127.0.0.1:8443`; empty where none was concerned.
    public let address: String

    public init(call: String, errno: Int32, address: String = "") {
        self.call = call
        self.errno = errno
        self.address = address
    }

    public var description: String {
        let reason = call == "parse" ? "not an address TwinHub understands" : SystemError.text()
        return address.isEmpty ? "\(call): \(reason)" : "\(call) \(address): \(reason)"
    }
}
