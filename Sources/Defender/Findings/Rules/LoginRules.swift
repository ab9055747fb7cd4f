import Vocabulary

/// Alerts from logins (defender.md section 6.4). What is local, and how many failures make a brute force, is not published.
struct LoginRules: Sendable {
    /// Failures by the user's name or the address that they came from, the least recent first.
    private var failures: [Failures] = []

    private struct Failures {
        let subject: String
        var times: [Timestamp]
    }

    var subjectCount: Int { failures.count }

    /// Users and addresses that are counted at once; the least recent makes room.
    static let maximumSubjects = 64
    /// Failures in ``seconds`` that make a brute force.
    static let threshold = 10
    static let seconds: Double = 300

    mutating func observe(
        _ event: ObservedEvent, _ reference: EvidenceReference, at now: Timestamp
    ) -> [Judgement] {
        guard case .logins(let attempts) = event else { return [] }
        return attempts.flatMap { judge($0, reference, at: now) }
    }

    private mutating func judge(
        _ attempt: LoginAttempt, _ reference: EvidenceReference, at now: Timestamp
    ) -> [Judgement] {
        guard let succeeded = attempt.succeeded else { return [] }
        let user = EvidenceReference.cut(attempt.user)
        let address = attempt.remoteAddress.map { EvidenceReference.cut($0) }
        var found: [Judgement] = []
        if address == nil {
            let type = succeeded ? FindingType.successfulLocalLogin : .failedLocalLogin
            found.append(.holds(type, "user \(user)", reference))
        }
        // Names and addresses do not share an entry, whatever they are.
        let subjects = ["user \(user)"] + (address.map { ["address \($0)"] } ?? [])
        for subject in subjects {
            let count = succeeded ? recent(of: subject, at: now) : fail(subject, at: now)
            guard count >= Self.threshold else { continue }
            let type = succeeded ? FindingType.successfulBruteforce : .failedBruteforce
            let end = succeeded ? ", then a success" : ""
            let text = "\(subject): at least \(count) failures in \(Int(Self.seconds / 60)) minutes\(end)"
            found.append(.holds(type, text, reference))
            break
        }
        if succeeded { failures.removeAll { subjects.contains($0.subject) } }
        return found
    }

    private mutating func fail(_ subject: String, at now: Timestamp) -> Int {
        var times = failures.first { $0.subject == subject }?.times ?? []
        failures.removeAll { $0.subject == subject }
        times.append(now)
        times = Array(times.filter { $0.adding(seconds: Self.seconds) > now }.suffix(Self.threshold))
        failures.append(Failures(subject: subject, times: times))
        if failures.count > Self.maximumSubjects { failures.removeFirst() }
        return times.count
    }

    private func recent(of subject: String, at now: Timestamp) -> Int {
        failures.first { $0.subject == subject }?.times.count { $0.adding(seconds: Self.seconds) > now } ?? 0
    }
}
