/// What a policy's holder may do (rest.md section 2.4).
public struct Permissions: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let registryRead = Permissions(rawValue: 1)
    public static let registryWrite = Permissions(rawValue: 2)
    public static let serviceConnect = Permissions(rawValue: 4)
    public static let deviceConnect = Permissions(rawValue: 8)
    public static let all: Permissions = [.registryRead, .registryWrite, .serviceConnect, .deviceConnect]
}
