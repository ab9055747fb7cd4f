import Vocabulary
public struct SymmetricKey: Hashable, Sendable { public let base64: String; public init(base64: String) throws(HubError) { self.base64 = base64 }; public static func generate(_ e: Environment) -> SymmetricKey { SymmetricKey(raw: Base64.encode(e.randomBytes(32))) }; init(raw: String) { base64 = raw } }
public struct Thumbprint: Hashable, Sendable { public let text: String; public init(_ t: String) throws(HubError) { text = t } }
public enum Authentication: Hashable, Sendable { case sas(primary: SymmetricKey, secondary: SymmetricKey), selfSigned(primary: Thumbprint?, secondary: Thumbprint?), certificateAuthority, none
 public var typeName: String { switch self { case .sas: "sas"; case .selfSigned: "selfSigned"; case .certificateAuthority: "certificateAuthority"; case .none: "none" } } }
public struct Principal: Hashable, Sendable, CustomStringConvertible { public var description: String { "x" } }
public struct Permissions: OptionSet, Sendable { public let rawValue: UInt8; public init(rawValue: UInt8) { self.rawValue = rawValue } }
