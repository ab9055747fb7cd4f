import COpenSSL

/// A certificate, key or trust file that TLS cannot use.
public struct TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done, as `read the certificate`.
    public let action: String
    /// The file concerned; empty where there is none.
    public let file: String
    /// OpenSSL's own words.
    public let reason: String

    public var description: String { "cannot \(action)\(file.isEmpty ? "" : " \(file)"): \(reason)" }

    /// Takes the reason from the thread's error queue, which is empty afterwards.
    init(_ action: String, file: String = "") {
        self.action = action
        self.file = file
        reason = TLSError.takeReason()
    }

    /// The first error in the thread's queue, in words; the queue is empty afterwards.
    static func takeReason() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return "unknown reason" }
        return ERR_reason_error_string(code).map { String(cString: $0) } ?? "OpenSSL error \(code)"
    }
}
