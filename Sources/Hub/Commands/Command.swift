import Twins
import Vocabulary

/// A change that somebody asks the hub for. `decide` turns it into events or refuses it.
public enum Command: Sendable {
    /// Without a precondition: create; with one: update (the matrix of rest.md section 3.1).
    case putIdentity(TwinID, IdentityDraft, Precondition)
    case deleteIdentity(TwinID, Precondition)
    /// Up to 100 items, each applied or refused by itself (rest.md section 6).
    case bulk([RegistryItem])
    case patchTwin(TwinID, ServicePatch, Precondition)
    case replaceTwin(TwinID, ServiceReplacement, Precondition)
    /// A device's own report; `expecting` is the reported `$version` that it believes to stand.
    case report(TwinID, ReportedPatch, expecting: UInt64?)
    /// Adds these devices and modules and remembers them as what `reset(.seed)` returns to. A large seed comes in several
    /// commands, of which the last says that it is complete; one that a crash cut short is taken up again at the next start.
    case seed([RegistryItem], isComplete: Bool)
    case reset(ResetTarget)
}

/// What a reset leaves behind.
public enum ResetTarget: String, Sendable { case empty, seed }

/// How a command ended, once durable.
public enum Outcome: Sendable {
    /// The identity or twin as it now stands.
    case entity(Entity)
    /// Deleted, reset or seeded: there is nothing to show.
    case done
    case bulk(BulkResult)
    case refused(HubError)
}

/// A bulk operation's report (rest.md section 6).
public struct BulkResult: Sendable {
    public struct ItemError: Sendable {
        public var id: TwinID
        public var error: HubError
    }

    public var errors: [ItemError] = []
    public var isSuccessful: Bool { errors.isEmpty }
}
