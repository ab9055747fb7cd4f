import COpenSSL
import Vocabulary

/// A storage account's service SAS for one blob or for a container, as Azure makes it for accounts with a shared key: HMAC-SHA256 over the
/// fields of the query, each on a line. Any storage client that has the account's key can make and verify it.
public struct ServiceSignature: Sendable {
    public var permissions: String
    public var start = ""
    public var expiry: String
    public var identifier = ""
    public var address = ""
    public var protocols = ""
    public var version: String
    public var resource: String
    public var snapshot = ""
    public var encryptionScope = ""
    /// Overrides of what a reader is told: `rscc`, `rscd`, `rsce`, `rscl`, `rsct`.
    public var overrides = ["", "", "", "", ""]

    /// The version that TwinHub issues: the first whose signature covers the encryption scope. Later ones sign the same
    /// fields; earlier ones are not accepted.
    public static let version = "2020-12-06"

    /// What is signed for: `b` is one blob, `c` every blob of the container.
    public init(permissions: String, expiry: String, resource: String = "b") {
        self.permissions = permissions
        self.expiry = expiry
        version = Self.version
        self.resource = resource
    }

    /// For reading and writing one blob, which is what the real hub gives a device.
    public init(until expiry: Timestamp) {
        // Whole seconds, as storage writes them.
        self.init(permissions: "rw", expiry: Timestamp(unixSeconds: expiry.unixSeconds).description)
    }

    /// - Parameter blob: nil, or passed over, where the signature is for the container.
    func stringToSign(_ account: String, _ container: String, _ blob: BlobName?) -> String {
        var path = "/blob/\(account)/\(container)"
        if resource == "b", let blob { path += "/\(blob.text)" }
        return
            ([
                permissions, start, expiry, path, identifier, address, protocols, version, resource, snapshot,
                encryptionScope,
            ] + overrides).joined(separator: "\n")
    }

    func sign(_ account: String, _ container: String, _ blob: BlobName?, key: [UInt8]) -> [UInt8] {
        let message = Array(stringToSign(account, container, blob).utf8)
        return [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            var length: UInt32 = 0
            HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, digest.baseAddress, &length)
            count = Int(length)
        }
    }

    /// The query of the blob's or container's URL, with its `?`.
    public func query(_ account: String, _ container: String, _ blob: BlobName?, key: [UInt8]) -> String {
        let signature = PercentCoding.encode(Base64.encode(sign(account, container, blob, key: key)))
        return "?sv=\(version)&sr=\(resource)&sig=\(signature)&se=\(PercentCoding.encode(expiry))&sp=\(permissions)"
    }

    static func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
    }
}
