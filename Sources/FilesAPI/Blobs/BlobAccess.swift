import Blobs
import Endpoints
import Vocabulary

/// Checks a signature before anything else is looked at.
struct BlobAccess {
    let account: StorageAccount

    init(_ account: StorageAccount) { self.account = account }

    /// The blob that the path names, where the query's signature is for it or for its container, good now, and for this permission.
    func check(_ call: Call, _ permission: Character) throws(BlobError) -> BlobName {
        guard let name = call.captures["blob"].flatMap(BlobName.init) else {
            throw BlobError(400, "InvalidUri", "The requested URI does not represent any resource on the server.")
        }
        try check(name, permission, at: call.services.environment.now()) { call.parameter($0) }
        return name
    }

    /// Whether these parameters of a query hold a signature for the blob, or for the container where there is none.
    func check(
        _ name: BlobName?, _ permission: Character, at now: Timestamp, _ parameter: (String) -> String?
    ) throws(BlobError) {
        guard let text = parameter("sig"), let given = Base64.decode(text) else {
            throw .unauthentic("Signature fields not well formed.")
        }
        let version = parameter("sv") ?? ""
        let resource = parameter("sr") ?? ""
        guard version >= ServiceSignature.version, resource == "c" || resource == "b" && name != nil else {
            throw .unauthentic(
                "Only signatures with sv=\(ServiceSignature.version) or later and sr=\(name == nil ? "c" : "b or c") are accepted here."
            )
        }
        // What these stand for is not kept here, and a restriction must not be passed over.
        for field in ["si", "sip", "skoid", "ses"] where parameter(field) != nil {
            throw .unauthentic("TwinHub does not take signatures with \(field).")
        }
        var fields = ServiceSignature(
            permissions: parameter("sp") ?? "", expiry: parameter("se") ?? "", resource: resource)
        fields.version = version
        fields.start = parameter("st") ?? ""
        fields.protocols = parameter("spr") ?? ""
        fields.overrides = ["rscc", "rscd", "rsce", "rscl", "rsct"].map { parameter($0) ?? "" }
        guard account.isSigned(fields, given, for: name) else {
            throw .unauthentic(
                "Signature did not match. String to sign used was \(account.stringToSign(fields, for: name))")
        }
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
    }
}
