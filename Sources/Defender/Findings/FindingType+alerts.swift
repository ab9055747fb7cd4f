/// Alerts that can be computed here (defender.md sections 6.4 and 6.5), with their exact names.
extension FindingType {
    static let unparsedConfiguration = FindingType(
        "IoT agent attempted and failed to parse the module twin configuration", .deviceAlert, .medium)
    static let deviceSilent = FindingType("Device silent", .deviceAlert, .low)
    /// The spelling is Microsoft's.
    static let successfulLocalLogin = FindingType(
        "IoT_SucessfulLocalLogin", "Successful local login", .deviceAlert, .high, .approximation)
    static let failedLocalLogin = FindingType("Failed local login", .deviceAlert, .medium, .approximation)
    static let failedBruteforce = FindingType(
        "IoT_Bruteforce_Fail", "Failed Bruteforce attempt", .deviceAlert, .low, .approximation)
    /// The two blanks are Microsoft's.
    static let successfulBruteforce = FindingType(
        "Successful Bruteforce  attempt", .deviceAlert, .high, .approximation)
    static let userAddedToGroups = FindingType(
        "Local user added to one or more groups", .deviceAlert, .low, .approximation)
    static let userDeletedFromGroups = FindingType(
        "Local user deleted from one or more groups", .deviceAlert, .low, .approximation)
    static let userDeleted = FindingType("Local user deletion detected", .deviceAlert, .low, .approximation)

    static let thumbprintMismatch = FindingType(
        "IoT_Cert_Print_Mismatch", "x.509 device certificate thumbprint mismatch", .hubAlert, .medium)
    static let certificateExpired = FindingType("IoT_Cert_Expired", "Certificate expired", .hubAlert, .medium)
    static let expiredToken = FindingType("IoT_Expired_SAS_Token", "Expired SAS token", .hubAlert, .low)
    static let invalidToken = FindingType("IoT_Invalid_SAS_Token", "Invalid SAS token", .hubAlert, .low)

    static let alerts =
        [
            unparsedConfiguration, deviceSilent, successfulLocalLogin, failedLocalLogin, failedBruteforce,
            successfulBruteforce, userAddedToGroups, userDeletedFromGroups, userDeleted, thumbprintMismatch,
            certificateExpired, expiredToken, invalidToken,
        ] + CommandPattern.all.map(\.type)

    /// Everything that can be found.
    public static let all = recommendations + alerts + CustomAlertRule.allCases.map(\.findingType)
}
