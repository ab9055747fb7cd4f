import Endpoints

/// Security modules for those who run the hub: that every device has one, what its agent is told and what it makes of that. All of
/// it is TwinHub's own; the real hub keeps the modules' twins and knows nothing of what is in them.
public enum SecurityAPI {
    public static func routes(_ ledger: AgentLedger) -> [Route] {
        DefenderSettingsResource.routes + SecureDevices.routes + AgentConfiguration(ledger).routes
            + FleetConfiguration.routes + KeysResource.routes
    }
}
