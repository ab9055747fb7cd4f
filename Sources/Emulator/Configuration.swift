import Blobs
import DeviceAPI
import Endpoints
import Events
import HTTP
import Hub
import Journal
import Reactor
import RoutingAPI
import ServiceAPI

/// Everything that `twinhub serve` can be told, as values.
public struct Configuration: Sendable {
    /// The data folder; nil keeps nothing on disk (`--ephemeral`).
    public var dataFolder: String? = "./twinhub-data"
    public var bindAddress = "127.0.0.1"
    /// 0 lets the system choose.
    public var httpsPort: UInt16 = 8443
    public var mqttPort: UInt16 = 8883
    /// As many event loops; nil is one for each core.
    public var shards: Int?
    /// Bulk import lines that a new data folder begins with.
    public var seedFile: String?
    /// In which `file:` URIs may name containers of imports and exports (`--import-export`); nil where none may.
    public var importExportFolder: String?
    /// Routes, endpoints and enrichments as they are from now on; nil leaves them as the hub has them.
    public var routingFile: String?
    /// Names and addresses, besides the ones that every certificate of TwinHub's covers, by which clients reach the hub.
    public var hostNames: [String] = []
    public var tlsOnly = false
    /// Certificate chain and key in PEM in place of the development ones.
    public var certificate: (chain: String, key: String)?
    public var authorization: Authorizer.Mode = .required
    public var generatesKeys = false
    /// What MQTT clients of disabled devices are told.
    public var disabledAnswer = MQTTService.DisabledAnswer.notAuthorized
    /// Seconds for which an expired token is still accepted.
    public var sasGrace = 300
    public var durability: Durability = .commit
    /// The event log's bounds, in bytes: of a segment, between two snapshots, and of the history behind the newest one.
    public var segmentBytes = 64 << 20
    public var snapshotBytes = 64 << 20
    public var historyBytes = 1 << 30
    /// When an event for back ends counts as stored (`--events-durability`).
    public var eventDurability: Durability = .interval
    /// How much of them is kept (`--events-keep`).
    public var eventRetention = EventRetention()
    /// Where the ready report is written as JSON; nil is `server.json` in the data folder, if there is one.
    public var readyFile: String?
    public var logFormat: LogFormat = .text
    /// What the command line says about security modules (`--defender`, `--defender-strict`).
    public var defender = DefenderOptions()

    /// More event loops than the hub can tell apart make no sense.
    public static let maximumShards = 48

    /// The edition of the real hub whose limits are kept, and its units (`--throttle`); nil limits nothing.
    public var throttle: (tier: HubTier, units: Int)?

    /// Seconds by which queries lag behind, as in the cloud (`--query-lag`); nil is not at all.
    public var queryLag: Int?
    public static let queryLagSeconds = QueryLag.seconds

    public var hub = HubLimits()
    public var webhookRetry = RetryPolicy(attempts: 10)
    public var events = EventLimits()
    public var blobs = BlobLimits()
    public var http = HTTPLimits()
    public var http2 = HTTP2Limits()
    public var reactor = ReactorLimits()

    public init() {}
}

/// What is to change about the hub's settings for security modules; nil leaves them as they are.
public struct DefenderOptions: Sendable {
    public var rule: DefenderSettings.Rule?
    public var isStrict: Bool?

    public init() {}
}

/// How log lines are written to standard error.
public enum LogFormat: String, Sendable, CaseIterable { case text, json }
