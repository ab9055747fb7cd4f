import Endpoints
import Hub
import Routing
import Vocabulary

/// What a connected client's link keeps.
final class OpenLink {
    let id: TwinID
    /// The hub's number of the link.
    let number: UInt64
    /// Of the identity that connected; another one of its name is another device.
    let identity: Identity
    let apiVersion: String?
    let keepsSession: Bool
    let origin: Origin
    /// As its messages name it.
    let sender: Telemetry.Sender
    /// When the token ends, with grace; far away for a certificate.
    let tokenEnd: Timestamp

    /// The desired version that the client has been told, or stood at when it subscribed.
    var desiredVersion: UInt64 = 0
    /// The cloud-to-device messages that were handed over and are still in the queue.
    var handed: Set<UInt64> = []
    /// Whether somebody else holds messages that come to this client when he lets go of them.
    var awaitsLock = false
    /// Methods that wait for the client's answer.
    var methods: [MethodRequest.ID: MethodRequest] = [:]
    /// Messages to inputs that wait for the client's PUBACK, by token.
    var inputs: [UInt64: InputMessage] = [:]
    var nextInput: UInt64 = 0
    /// Whether something has come or gone that the hub has not been told of.
    var isActive = false

    init(_ link: Link, apiVersion: String?, keepsSession: Bool, origin: Origin, proof: LinkProof) {
        id = link.entity.id
        number = link.number
        identity = link.entity.identity
        self.apiVersion = apiVersion
        self.keepsSession = keepsSession
        self.origin = origin
        sender = Telemetry.Sender(link.entity.identity, by: proof.principal.kind)
        tokenEnd = proof.end
    }
}
