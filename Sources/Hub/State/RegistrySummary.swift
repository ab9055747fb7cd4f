/// Counts over the whole registry, kept by events so that nobody has to walk it (rest.md section 15).
public struct RegistrySummary: Hashable, Sendable {
    public var enabledDevices = 0
    public var disabledDevices = 0
    public var modules = 0
    /// The largest generation ever given, so that a re-creation in the same tick still gets its own.
    public var newestGeneration: UInt64 = 0
    /// Devices with a link.
    public var connectedDevices = 0
    /// The number of the latest link that was ever opened.
    public var newestLink: UInt64 = 0

    public init() {}

    public var devices: Int { enabledDevices + disabledDevices }
    public var identities: Int { devices + modules }

    mutating func count(before: Identity?, after: Identity?) {
        if let before { add(-1, for: before) }
        if let after { add(1, for: after) }
    }

    mutating func clear() {
        enabledDevices = 0
        disabledDevices = 0
        modules = 0
        connectedDevices = 0
    }

    private mutating func add(_ step: Int, for identity: Identity) {
        if identity.id.isModule {
            modules += step
            return
        }
        if identity.connectionState == .connected { connectedDevices += step }
        if identity.status == .enabled {
            enabledDevices += step
        } else {
            disabledDevices += step
        }
    }
}
