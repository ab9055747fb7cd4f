import Access
import HTTP
import Hub
import Vocabulary

/// Decides who may do what: takes the request's token or certificate to `Access`, with what the hub knows of the identity
/// that the path names. One for each shard, since verified tokens are remembered there.
public final class Authorizer {
    /// What `--auth` says.
    public enum Mode: Sendable {
        case required
        /// Everybody may do everything (`--auth off`).
        case off
    }

    private let mode: Mode

    public init(mode: Mode) { self.mode = mode }

    /// Who asks. Throws `IotHubUnauthorizedAccess` (401) where that is not known or not allowed.
    public func authorize(
        _ request: HTTPRequest, _ requirement: Requirement, _ captures: PathCaptures, _ peer: Peer, hub: Hub
    ) throws(HubError) -> Principal {
        throw HubError(.iotHubUnauthorizedAccess, "Unauthorized")
    }
}
