import Vocabulary

/// A shared key: base64 of 16 to 64 bytes, given back byte for byte as it came (rest.md section 19).
public struct SymmetricKey: Hashable, Sendable {
    /// Bytes (rest.md section 19).
    public static let lengths = 16...64

    /// Most keys are as long as those that hubs make; these take no memory of their own, and there are two for each device.
    private enum Storage: Hashable, Sendable {
        case usual(UInt64, UInt64, UInt64, UInt64)
        case other([UInt8])
    }

    private let storage: Storage
    private static let usualLength = 32

    private init(_ bytes: [UInt8]) {
        guard bytes.count == Self.usualLength else {
            storage = .other(bytes)
            return
        }
        storage = bytes.withUnsafeBytes { bytes in
            func word(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self) }
            return .usual(word(0), word(1), word(2), word(3))
        }
    }

    /// Throws `ArgumentInvalid`, "Invalid device key length", where it is not base64 of such a length.
    public init(base64: String) throws(HubError) {
        guard let bytes = Base64.decode(base64), Self.lengths.contains(bytes.count) else {
            throw HubError(.argumentInvalid, "Invalid device key length. A key is base64 of 16 to 64 bytes.")
        }
        self.init(bytes)
    }

    init(trusted base64: String) { self.init(Base64.decode(base64) ?? []) }

    /// 32 random bytes, as the hub makes them.
    public static func generate(_ environment: Environment) -> SymmetricKey {
        SymmetricKey(environment.randomBytes(usualLength))
    }

    public var bytes: [UInt8] {
        switch storage {
        case .usual(let first, let second, let third, let fourth):
            withUnsafeBytes(of: (first, second, third, fourth)) { Array($0) }
        case .other(let bytes): bytes
        }
    }

    /// As it was given: what is read as base64 has one spelling only.
    public var base64: String { Base64.encode(bytes) }
}
