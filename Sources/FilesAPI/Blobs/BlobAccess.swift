import Blobs
import Endpoints
import Vocabulary

/// Checks a request's signature before anything else is looked at.
struct BlobAccess {
    let account: StorageAccount

    init(_ account: StorageAccount) { self.account = account }

    /// The blob that the path names, where the query's signature is for it, good now, and for this permission.
    func check(_ call: Call, _ permission: Character) throws(BlobError) -> BlobName {
        guard let name = call.captures["blob"].flatMap(BlobName.init) else {
            throw BlobError(400, "InvalidUri", "The requested URI does not represent any resource on the server.")
        }
        guard let text = call.parameter("sig"), let given = Base64.decode(text) else {
            throw .unauthentic("Signature fields not well formed.")
        }
        let version = call.parameter("sv") ?? ""
        guard version >= ServiceSignature.version, call.parameter("sr") == "b" else {
            throw .unauthentic(
                "Only signatures with sv=\(ServiceSignature.version) or later and sr=b are accepted here.")
        }
        // What these stand for is not kept here, and a restriction must not be passed over.
        for field in ["si", "sip", "skoid", "ses"] where call.parameter(field) != nil {
            throw .unauthentic("TwinHub does not take signatures with \(field).")
        }
        var fields = ServiceSignature(
            permissions: call.parameter("sp") ?? "", expiry: call.parameter("se") ?? "")
        fields.version = version
        fields.start = call.parameter("st") ?? ""
        fields.protocols = call.parameter("spr") ?? ""
        fields.overrides = ["rscc", "rscd", "rsce", "rscl", "rsct"].map { call.parameter($0) ?? "" }
        guard account.isSigned(fields, given, for: name) else {
            throw .unauthentic(
                "Signature did not match. String to sign used was \(account.stringToSign(fields, for: name))")
        }
        let now = call.services.environment.now()
        guard let expiry = Timestamp(fields.expiry) else { throw .unauthentic("Signed expiry time is not valid.") }
        guard expiry > now else {
            throw .unauthentic(
                "Signed expiry time [\(fields.expiry)] must be after signed start time, and now is [\(now)]")
        }
        if !fields.start.isEmpty {
            guard let start = Timestamp(fields.start), start <= now else {
                throw .unauthentic("Signature not valid before [\(fields.start)]")
            }
        }
        guard fields.permissions.contains(permission) else {
            throw BlobError(
                403, "AuthorizationPermissionMismatch",
                "This request is not authorized to perform this operation using this permission.")
        }
        return name
    }
}
