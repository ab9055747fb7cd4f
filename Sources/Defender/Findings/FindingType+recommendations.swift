/// Recommendations (defender.md sections 6.2 and 6.3).
extension FindingType {
    static let openPorts = FindingType("IoT_OpenPorts", "Open Ports on device", .deviceRecommendation, .medium)
    static let permissiveFirewallPolicy = FindingType(
        "IoT_PermissiveFirewallPolicy", "Permissive firewall policy found in one of the chains.", .deviceRecommendation,
        .medium)
    static let permissiveInputRules = FindingType(
        "IoT_PermissiveInputFirewallRules", "Permissive firewall rule in the input chain was found",
        .deviceRecommendation, .medium, .approximation)
    static let permissiveOutputRules = FindingType(
        "IoT_PermissiveOutputFirewallRules", "Permissive firewall rule in the output chain was found",
        .deviceRecommendation, .medium, .approximation)
    static let baseline = FindingType(
        "IoT_Baseline", "Operation system baseline validation has failed", .deviceRecommendation, .medium)
    static let unutilizedMessages = FindingType(
        "IoT_AgentSendsUnutilizedMessages", "Agent sends unutilized messages", .deviceRecommendation, .low)
    static let notOptimal = FindingType("Security twin configuration not optimal", .deviceRecommendation, .low)
    static let conflict = FindingType("Security twin configuration conflict", .deviceRecommendation, .low)
    static let installAgent = FindingType(
        "IoT_InstallAgent", "Install the Azure Security of Things Agent", .deviceRecommendation, nil, .approximation)
    static let baselineTest = FindingType(
        "IoT_CISBenchmarks_DIoTTest", "The micro agent's baseline test", .deviceRecommendation, nil)

    static let sharedCredentials = FindingType(
        "IoT_SharedCredentials", "Same authentication credentials used by multiple devices", .hubRecommendation, .high)
    static let privilegedDockerOptions = FindingType(
        "IoT_PrivilegedDockerOptions",
        "High level permissions configured in IoT Edge model twin for IoT Edge module", .hubRecommendation, .high,
        .approximation)
    static let vulnerableCipher = FindingType(
        "IoT_VulnerableTLSCipherSuite", "TLS cipher suite upgrade needed", .hubRecommendation, .medium)

    static let recommendations = [
        openPorts, permissiveFirewallPolicy, permissiveInputRules, permissiveOutputRules, baseline, unutilizedMessages,
        notOptimal, conflict, installAgent, baselineTest, sharedCredentials, privilegedDockerOptions, vulnerableCipher,
    ]
}
