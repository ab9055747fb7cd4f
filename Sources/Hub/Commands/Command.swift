import Access
import Defender
import Twins
import Vocabulary

/// A change that somebody asks the hub for. `decide` turns it into events or refuses it.
public enum Command: Sendable {
    /// Without a precondition: create; with one: update (the matrix of rest.md section 3.1).
    case putIdentity(TwinID, IdentityDraft, Precondition)
    case deleteIdentity(TwinID, Precondition)
    /// Up to 100 items, each applied or refused by itself (rest.md section 6).
    case bulk([RegistryItem])
    /// Makes symmetric keys anew, for each identity by itself (rest.md section 17).
    case regenerateKeys([TwinID], PolicyKey)
    case patchTwin(TwinID, ServicePatch, Precondition)
    case replaceTwin(TwinID, ServiceReplacement, Precondition)
    /// A JSON Patch of the Plug and Play view; what comes of it is a patch of desired properties like any other.
    case patchDigitalTwin(TwinID, DigitalTwinPatch, Precondition)
    /// A device's own report; `expecting` is the reported `$version` that it believes to stand.
    case report(TwinID, ReportedPatch, expecting: UInt64?)
    /// Adds these devices and modules and remembers them as what `reset(.seed)` returns to. A large seed comes in several
    /// commands, of which the last says that it is complete; one that a crash cut short is taken up again at the next start.
    case seed([RegistryItem], isComplete: Bool)
    case reset(ResetTarget)

    /// A device or module connects; a link that it had counts as closed from then on.
    case openLink(TwinID, LinkOpening)
    /// Nothing happens where another link has taken its place.
    case closeLink(TwinID, link: UInt64)
    /// Every link of the time before this process.
    case closeStaleLinks
    /// It has sent or received something.
    case recordActivity(TwinID, link: UInt64)
    /// What it has subscribed to, as of this link.
    case updateSession(TwinID, link: UInt64, DeviceSession)

    case enqueueMessage(TwinID, MessageDraft)
    /// Gives the oldest message that nobody holds to a receiver, for so many seconds.
    case lockMessage(TwinID, seconds: Int)
    case settleMessage(TwinID, MessageKey, MessageSettlement)
    case purgeMessages(TwinID)
    /// Takes out whatever has become too old, everywhere.
    case expireMessages
    /// Gives a batch of feedback to a back end, for so many seconds.
    case lockFeedback(seconds: Int)
    /// Done with, or back into the queue.
    case settleFeedback(lock: String, isDone: Bool)

    /// Registers a certificate authority; with a precondition: replaces the certificate of one that is registered.
    case putAuthority(AuthorityName, AuthorityCertificate, isVerified: Bool, Precondition)
    /// Links that depend on it stay until they connect again.
    case deleteAuthority(AuthorityName, Precondition)
    /// Asks for a proof of possession.
    case challengeAuthority(AuthorityName, Precondition)
    /// Gives it: a certificate as it was uploaded.
    case verifyAuthority(AuthorityName, proof: [UInt8], Precondition)

    /// How security modules are kept from now on; devices that lack one get it with the same command.
    case putDefenderSettings(DefenderSettings, Precondition)
    /// Where events for back ends go from now on; nil for where they go by default.
    case putRouting(RoutingDeclaration?)
    /// Makes the security modules that these devices lack.
    case secure([TwinID], [SecurityModule])
    /// Changes the configuration of these devices' security modules, each by a patch of desired that carries the complete object.
    /// All in one batch; a device that cannot be changed is named, and the others are.
    case configureAgents([TwinID], SecurityModule, [ConfigurationChange])

    /// Makes a device security group, or replaces it.
    case putSecurityGroup(SecurityGroupName, SecurityGroup, Precondition)
    case deleteSecurityGroup(SecurityGroupName, Precondition)
    /// Without a precondition: create; with one: update everything but the content (rest.md section 11.2).
    case putConfiguration(ConfigurationID, ConfigurationDraft, Precondition)
    /// What it has written stays.
    case deleteConfiguration(ConfigurationID, Precondition)
    /// Writes an edge device's modules, once and by no configuration (rest.md section 11.4).
    case applyContent(TwinID, ConfigurationContent)
    /// Brings these twins into line with the configurations. The last of a series says which revision all of them follow then.
    case settleConfigurations([TwinID], through: UInt64?)
    case job(JobCommand)
    case registryJob(RegistryJobCommand)
}

/// What a reset leaves behind.
public enum ResetTarget: String, Sendable { case empty, seed }

/// How a command ended, once durable. No larger than a reference: what most commands are answered with is one.
public enum Outcome: Sendable {
    /// The identity or twin as it now stands.
    case entity(Entity)
    /// Deleted, reset or seeded: there is nothing to show.
    case done
    indirect case bulk(BulkResult)
    indirect case regenerated(KeyRegeneration)
    indirect case link(Link)
    /// Nil where the queue is empty or everything in it is held.
    indirect case message(CloudMessage?)
    indirect case purged(Int)
    /// Nil where there is none.
    indirect case feedback(FeedbackBatch?)
    /// As it now stands.
    indirect case authority(RegisteredAuthority)
    /// Security modules were made where they were missing.
    indirect case secured(SecuringReport)
    /// As it now stands.
    indirect case securityGroup(RegisteredSecurityGroup, isNew: Bool)
    /// There was nothing to do.
    case unchanged
    indirect case configuration(Configuration)
    indirect case job(ScheduledJob)
    /// The devices that were claimed for a job's calls.
    indirect case jobDevices([TwinID])
    /// An import or export as it now stands.
    indirect case registryJob(RegistryJob)
    indirect case refused(HubError)
}

/// A bulk operation's report (rest.md section 6).
public struct BulkResult: Sendable {
    public struct ItemError: Sendable {
        public var id: TwinID
        public var error: HubError

        public init(id: TwinID, error: HubError) {
            self.id = id
            self.error = error
        }
    }

    public var errors: [ItemError] = []
    public var isSuccessful: Bool { errors.isEmpty }
}
