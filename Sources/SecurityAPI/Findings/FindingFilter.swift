import Defender
import Endpoints
import Vocabulary

/// Which findings are wanted.
struct FindingFilter {
    private let device: String?
    private let severity: FindingType.Severity?

    /// From the query: `deviceId`, `severity`.
    init(_ call: Call) throws(HubError) {
        device = call.parameter("deviceId")
        guard let word = call.parameter("severity") else {
            severity = nil
            return
        }
        guard let known = FindingType.Severity.allCases.first(where: { $0.rawValue.lowercased() == word.lowercased() })
        else {
            let words = FindingType.Severity.allCases.map(\.rawValue).joined(separator: ", ")
            throw HubError(.argumentInvalid, "'severity' is one of \(words).")
        }
        severity = known
    }

    func wants(_ news: FindingNews) -> Bool {
        if let device, device != news.device { return false }
        return severity == nil || severity == news.change.finding.type.severity
    }
}
