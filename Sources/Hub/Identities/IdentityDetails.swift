import Vocabulary

/// What few identities have anything of. Kept apart from the others, since there are as many identities as twins.
struct IdentityDetails: Hashable, Sendable {
    var statusReason: String?
    var statusUpdatedTime = Timestamp.never
    var connectionStateUpdatedTime = Timestamp.never
    var cloudToDeviceMessageCount = 0
    var deviceScope: String?
    var parentScopes: [String] = []
    var managedBy: String?
    var modelID = ""
    var attributes = IdentityAttributes.none

    /// In memory of its own.
    final class Held: Hashable, Sendable {
        let details: IdentityDetails

        init(_ details: IdentityDetails) { self.details = details }

        static func == (left: Held, right: Held) -> Bool { left === right || left.details == right.details }

        func hash(into hasher: inout Hasher) { hasher.combine(details) }
    }
}
