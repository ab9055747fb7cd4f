/// What the cloud finds and TwinHub does not, each with the reason: so that silence is not taken for safety.
public struct NotEmulated: Hashable, Sendable {
    /// The type name, or the display name where none is published.
    public let name: String
    public let reason: Reason

    public enum Reason: String, Sendable {
        /// Needs Microsoft's lists of addresses, images, tools or patterns, which are not published.
        case threatIntelligence
        /// Is about a part of the service that TwinHub does not have.
        case noSuchPart
        /// Its condition is not published and no safe guess was found.
        case unpublishedRule
    }

    public static let all: [NotEmulated] =
        [
            "Behavior similar to common Linux bots detected", "Behavior similar to Fairware ransomware detected",
            "Behavior similar to ransomware detected", "Binary Command Line",
            "Crypto coin miner container image detected", "Crypto coin miner image",
            "File downloads from a known malicious source detected", "Known attack tool", "Possible backdoor detected",
            "Reverse shells", "Suspected malicious credentials access tools detected",
            "Suspicious file download followed by file run activity", "Suspicious IP address communication",
            "Web shell",
        ].map { NotEmulated(name: $0, reason: .threatIntelligence) }
        + [
            "Exposed Docker daemon by TCP socket", "Local host reconnaissance detected",
            "Mismatch between script interpreter and file extension", "Potential overriding of common files",
            "Suspicious compilation detected", "IoT_ACRAuthentication", "IoT_EdgeHubMemOptimize",
            "IoT_EdgeLoggingOptions", "IoT_InconsistentModuleSettings",
        ].map { NotEmulated(name: $0, reason: .unpublishedRule) }
        + [
            "IoT_IPFilter_DenyAll", "IoT_IPFilter_PermissiveRule", "IoT_RecommendedIpRulesByBaseLine",
            "IoT_CertificateSuccessfullyAddedToHub", "IoT_CertificateSuccessfullyDeletedFromHub",
            "Hub_CertificateFailedToBeAddedToHub", "IoT.Hub_CertificateFailedToBeDeletedFromHub",
            "IoT_DiagnosticSettingAddedOrEditedOnHub", "IoT_DiagnosticSettingDeletedFromHub",
        ].map { NotEmulated(name: $0, reason: .noSuchPart) }
}
