import COpenSSL
import Vocabulary

/// A shared access signature taken apart (rest.md section 2.1, auth.md section 1).
public struct SASToken: Sendable {
    /// The signed resource exactly as it stands in the token: what the signature is over.
    let signedResource: [UInt8]
    /// The expiry exactly as it stands in the token.
    let signedExpiry: [UInt8]
    let signature: [UInt8]
    /// Seconds since 1970.
    public let expiry: Double
    /// The policy that signed; nil where an identity's own key did.
    public let policy: String?
    /// The resource's host, decoded.
    public let host: String
    /// The resource's path behind the host: decoded, in lower case, for comparing without case.
    public let segments: [String]

    static let scheme = "SharedAccessSignature"
    /// A longer token is refused unread.
    public static let maximumLength = 8 << 10

    /// Takes a header's or password's text apart: `SharedAccessSignature sr=…&sig=…&se=…[&skn=…]`, fields in any order, names
    /// without case.
    public init(_ text: String) throws(AccessRefusal) {
        guard text.utf8.count <= Self.maximumLength else { throw AccessRefusal("the token is too long") }
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0] == Self.scheme else {
            throw AccessRefusal("the authorization is not a shared access signature")
        }
        var fields: [String: Substring] = [:]
        for field in parts[1].split(separator: "&") {
            guard let equals = field.firstIndex(of: "=") else {
                throw AccessRefusal("a field of the token has no value")
            }
            let name = field[..<equals].lowercased()
            guard fields.updateValue(field[field.index(after: equals)...], forKey: name) == nil else {
                throw AccessRefusal("the token has '\(name)' twice")
            }
        }
        guard let resource = fields["sr"], let signature = fields["sig"], let expiry = fields["se"] else {
            throw AccessRefusal("the token lacks sr, sig or se")
        }
        guard let seconds = Double(String(expiry)), seconds.isFinite else {
            throw AccessRefusal("the token's expiry is not a number")
        }
        signedResource = Array(resource.utf8)
        signedExpiry = Array(expiry.utf8)
        self.expiry = seconds
        // A decoder may have turned a bare `+` into a space on the way here.
        guard let decoded = PercentCoding.decode(String(signature)),
            let bytes = Base64.decode(String(decoded.map { $0 == " " ? "+" : $0 }))
        else { throw AccessRefusal("the token's signature is not base64") }
        self.signature = bytes
        guard let name = PercentCoding.decode(String(fields["skn"] ?? "")) else {
            throw AccessRefusal("the token's policy name is not text")
        }
        policy = name.isEmpty ? nil : name
        guard let whole = PercentCoding.decode(String(resource)) else {
            throw AccessRefusal("the token's resource is not text")
        }
        var segments = whole.split(separator: "/", omittingEmptySubsequences: false).map { $0.lowercased() }
        if segments.count > 1, segments.last == "" { segments.removeLast() }
        host = segments.removeFirst()
        self.segments = segments
    }

    /// Whether this key made the signature.
    public func isSigned(by key: SymmetricKey) -> Bool {
        let expected = Self.sign(signedResource, signedExpiry, with: key)
        return expected.count == signature.count && CRYPTO_memcmp(expected, signature, expected.count) == 0
    }

    /// HMAC-SHA256 over resource, line feed, expiry.
    static func sign(_ resource: [UInt8], _ expiry: [UInt8], with key: SymmetricKey) -> [UInt8] {
        let secret = key.bytes
        let message = resource + [UInt8(ascii: "\n")] + expiry
        return [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            var length: UInt32 = 0
            HMAC(EVP_sha256(), secret, Int32(secret.count), message, message.count, digest.baseAddress, &length)
            count = Int(length)
        }
    }
}

/// Makes shared access signatures, for TwinHub's own clients.
public enum SASSigner {
    /// A token for a resource such as `localhost:8443/devices/d1`, valid until `expiry` in seconds since 1970.
    public static func token(resource: String, key: SymmetricKey, expiry: Int64, policy: String? = nil) -> String {
        let encoded = PercentCoding.encode(resource)
        let signature = SASToken.sign(Array(encoded.utf8), Array(String(expiry).utf8), with: key)
        let name = policy.map { "&skn=\(PercentCoding.encode($0))" } ?? ""
        return
            "\(SASToken.scheme) sr=\(encoded)&sig=\(PercentCoding.encode(Base64.encode(signature)))&se=\(expiry)\(name)"
    }
}
