import Endpoints

/// Security modules for those who run the hub: that every device has one, what its agent is told and what it makes of that. All of
/// it is TwinHub's own; the real hub keeps the modules' twins and knows nothing of what is in them.
public enum SecurityAPI {
    public static func routes(_ agents: AgentLedger, _ security: SecurityLedger) -> [Route] {
        DefenderSettingsResource.routes + SecureDevices.routes + AgentConfiguration(agents).routes
            + FleetConfiguration.routes + KeysResource.routes + SecurityMessageWatch.routes
            + SecuritySummary(security).routes + SecurityGroups.routes + FindingsWatch(security).routes
    }

    /// Ends every wait on this shard, as a server does that stops. On the shard.
    public static func endWaits(on services: ShardServices) {
        services.room(FeedWaits<SecurityMessages>.self)?.endAll()
        services.room(FeedWaits<FindingsFeed>.self)?.endAll()
    }
}
