import JSON

/// One login, of whatever result.
struct LoginAttempt {
    let user: String
    /// Nil for a local login: no address, or auditd's `?`.
    let remoteAddress: String?
    /// Nil where the result is neither word.
    let succeeded: Bool?

    init(_ item: JSONValue) {
        user = item["UserName"]?.string ?? item["UserId"]?.string ?? ""
        let address = item["RemoteAddress"]?.string
        remoteAddress = address == "?" || address == "" ? nil : address
        switch item["Result"]?.string?.lowercased() {
        case "success": succeeded = true
        case "fail": succeeded = false
        default: succeeded = nil
        }
    }
}
