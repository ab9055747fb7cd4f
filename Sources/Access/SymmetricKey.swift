import Vocabulary

/// A shared key: base64 of 16 to 64 bytes, given back byte for byte as it came (rest.md section 19).
public struct SymmetricKey: Hashable, Sendable {
    /// Bytes (rest.md section 19).
    public static let lengths = 16...64

    /// As it was given: the hub echoes keys byte for byte.
    public let base64: String

    /// Throws `ArgumentInvalid`, "Invalid device key length", where it is not base64 of such a length.
    public init(base64: String) throws(HubError) {
        guard let bytes = Base64.decode(base64), Self.lengths.contains(bytes.count) else {
            throw HubError(.argumentInvalid, "Invalid device key length. A key is base64 of 16 to 64 bytes.")
        }
        self.base64 = base64
    }

    init(trusted base64: String) { self.base64 = base64 }

    /// 32 random bytes, as the hub makes them.
    public static func generate(_ environment: Environment) -> SymmetricKey {
        SymmetricKey(trusted: Base64.encode(environment.randomBytes(32)))
    }

    public var bytes: [UInt8] { Base64.decode(base64) ?? [] }
}
