import Vocabulary

/// What a submission's owner is told.
struct Answer {
    let subscriber: SubscriberID
    /// The subscriber's own name for the submission.
    let token: UInt64
    private(set) var outcome: Outcome

    init(_ submission: Submission, _ outcome: Outcome) {
        subscriber = submission.subscriber
        token = submission.token
        self.outcome = outcome
    }

    /// The same submission, refused after all.
    func refused(_ error: HubError) -> Answer {
        var copy = self
        copy.outcome = .refused(error)
        return copy
    }
}
