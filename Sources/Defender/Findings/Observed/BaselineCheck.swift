import JSON

/// One check of a baseline scan. Words are compared without case: agent C forwards the scanner's own (defender.md section 9
/// no. 13).
struct BaselineCheck {
    let id: String
    let result: Result
    let severity: String

    enum Result {
        case passed, failed, error
    }

    init(classic item: JSONValue) {
        self.init(item["CceId"]?.string, item["Result"]?.string, item["Severity"]?.string)
    }

    init(micro item: JSONValue) {
        self.init(item["id"]?.string, item["result"]?.string, item["severity"]?.string)
    }

    private init(_ id: String?, _ result: String?, _ severity: String?) {
        self.id = EvidenceReference.cut(id ?? "")
        self.severity = severity?.lowercased() ?? ""
        switch result?.lowercased() {
        case "fail": self.result = .failed
        case "err", "error": self.result = .error
        default: self.result = .passed
        }
    }

    /// The check that Microsoft's installation articles have one fail on purpose.
    var isTest: Bool { id.contains("DEFENDER_FOR_IOT_TEST_CHECKS") }
}
