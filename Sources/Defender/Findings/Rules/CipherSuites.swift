/// Which TLS cipher suites are not to be upgraded: what the service documents as its strong ones for TLS 1.2 (auth.md section
/// 8), and whatever TLS 1.3 has.
public enum CipherSuites {
    /// - Parameter name: as OpenSSL has it.
    public static func isStrong(_ name: String) -> Bool {
        if name.hasPrefix("TLS_") { return true }
        guard name.hasPrefix("ECDHE-") else { return false }
        return ["-GCM-SHA256", "-GCM-SHA384", "AES128-SHA256", "AES256-SHA384", "-CHACHA20-POLY1305"].contains {
            name.hasSuffix($0)
        }
    }
}
