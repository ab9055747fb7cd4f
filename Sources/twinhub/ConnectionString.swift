import Access
import Vocabulary

/// `HostName=…;SharedAccessKeyName=…;SharedAccessKey=…`, split as SDKs do: at `;`, then at the first `=` (rest.md section 19).
struct ConnectionString {
    let host: String
    let policy: String
    let key: SymmetricKey

    init?(_ text: String) {
        var fields: [Substring: Substring] = [:]
        for pair in text.split(separator: ";") {
            guard let equals = pair.firstIndex(of: "=") else { return nil }
            fields[pair[..<equals]] = pair[pair.index(after: equals)...]
        }
        guard let host = fields["HostName"], let policy = fields["SharedAccessKeyName"],
            let base64 = fields["SharedAccessKey"], let key = try? SymmetricKey(base64: String(base64))
        else { return nil }
        self.host = String(host)
        self.policy = String(policy)
        self.key = key
    }

    /// A token for the whole hub.
    func policyToken(lifetime seconds: Int64, now: Timestamp) -> String {
        SASSigner.token(resource: host, key: key, expiry: now.unixSeconds + seconds, policy: policy)
    }
}
