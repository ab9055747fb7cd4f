/// How an identity proves itself (rest.md section 5.1, auth.md section 4).
public enum Authentication: Hashable, Sendable {
    case sas(primary: SymmetricKey, secondary: SymmetricKey)
    case selfSigned(primary: Thumbprint?, secondary: Thumbprint?)
    case certificateAuthority
    /// The edge runtime's own modules.
    case none

    /// As `authentication.type` spells it.
    public var typeName: String {
        switch self {
        case .sas: "sas"
        case .selfSigned: "selfSigned"
        case .certificateAuthority: "certificateAuthority"
        case .none: "none"
        }
    }
}
