import Endpoints

/// What devices and modules use, by whatever way they come, and TwinHub's own paths: a device's twin over HTTP, which
/// the real hub does not have, and ways to watch what changes.
public enum DeviceAPI {
    public static let routes: [Route] =
        DeviceTwin.routes + DeviceMessages.routes + DeviceBound.routes + ModuleInputs.routes + DesiredWatch.routes
        + ChangeWatch.routes + EventWatch.routes + Seed.routes
        + Reset.routes

    /// Begins what the hub does by itself for devices; on one shard, which does it for all.
    public static func begin(on services: ShardServices) {
        _ = services.room(MessageExpiry.self, make: MessageExpiry.init)
    }

    /// Ends every wait on this shard, as a server does that stops. On the shard.
    public static func endWaits(on services: ShardServices) {
        services.room(DesiredWaits.self, make: DesiredWaits.init).endAll()
        services.room(FeedWaits<HubChanges>.self, make: FeedWaits<HubChanges>.init).endAll()
        services.room(FeedWaits<DeviceEvents>.self, make: FeedWaits<DeviceEvents>.init).endAll()
        MQTTLinks.of(services)?.endAll()
        services.room(MessageExpiry.self)?.end()
    }

    /// The paths of a device's and of a module's resource, with the word that tells apart the names of their operations.
    static func paths(_ resource: String) -> [(path: String, word: String)] {
        [
            ("/emulator/devices/{device}/\(resource)", ""),
            ("/emulator/devices/{device}/modules/{module}/\(resource)", "Module"),
        ]
    }
}
