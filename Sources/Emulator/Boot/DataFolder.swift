/// What stands where in a data folder.
public struct DataFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// The event log's segments and snapshots.
    public var log: String { path + "/log" }
    /// The events for back ends, a log of their own.
    public var events: String { path + "/events" }
    /// Uploaded files, and what is known of uploads.
    public var blobs: String { path + "/blobs" }
    /// Endpoints of routes that are folders, and how far each endpoint has got.
    public var endpoints: String { path + "/endpoints" }
    public var cursors: String { path + "/cursors" }
    public var certificates: String { path + "/certificates" }
    /// The development roots in PEM, for clients to trust.
    public var authorities: String { path + "/ca.pem" }
    /// The roots with the system's own, for programs that take one bundle.
    public var trustBundle: String { path + "/ca-bundle.pem" }
    /// Policy keys made by `--generate-keys`.
    public var policyKeys: String { path + "/policies.txt" }
    /// What the running server said when it was ready.
    public var readyReport: String { path + "/server.json" }
}
