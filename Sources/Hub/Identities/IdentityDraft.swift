import Access
import JSON
import Vocabulary

/// What a caller asks an identity to be: the writable members of a PUT body, a bulk item or a seed line, validated.
public struct IdentityDraft: Sendable {
    public enum Credentials: Sendable {
        /// As given, complete.
        case given(Authentication)
        /// `sas` without keys, or no authentication at all: the hub makes both keys.
        case generateKeys
    }

    public static let maximumStatusReasonLength = 128

    public var status: Identity.Status = .enabled
    public var statusReason: String?
    public var credentials: Credentials = .generateKeys
    /// Nil where the body has no `capabilities`: an update then keeps what stands (rest.md section 5.2).
    public var iotEdge: Bool?
    /// Nil where the body has none; `""` detaches a leaf from its parent.
    public var deviceScope: String?
    public var parentScopes: [String] = []
    public var managedBy: String?
    /// Nil where the body has none: an update then keeps what stands.
    public var attributes: IdentityAttributes?

    public init() {}

    /// Reads the writable members; unknown and read-only ones are ignored (rest.md section 1.4).
    ///
    /// - Parameter knowsAttributes: whether the caller's api-version does.
    public init(_ body: JSONValue, module: Bool, knowsAttributes: Bool = true) throws(HubError) {
        if let text = try Self.text(body, "status"), !module {
            guard let known = Identity.Status(rawValue: text.lowercased()) else { throw .badMember("status") }
            status = known
        }
        statusReason = try Self.text(body, "statusReason")
        guard statusReason?.count ?? 0 <= Self.maximumStatusReasonLength else { throw .badMember("statusReason") }
        managedBy = module ? try Self.text(body, "managedBy") : nil
        deviceScope = try Self.text(body, "deviceScope")
        if let scopes = body["parentScopes"], !scopes.isNull {
            guard scopes.kind == .array else { throw .badMember("parentScopes") }
            for scope in scopes.elements {
                guard let text = scope.string else { throw .badMember("parentScopes") }
                parentScopes.append(text)
            }
            guard parentScopes.count <= 1 else { throw .badMember("parentScopes") }
        }
        if let capabilities = body["capabilities"], !capabilities.isNull {
            guard capabilities.kind == .object else { throw .badMember("capabilities") }
            if let edge = capabilities["iotEdge"], !edge.isNull {
                guard let value = edge.bool else { throw .badMember("capabilities.iotEdge") }
                iotEdge = value
            }
        }
        if knowsAttributes {
            attributes = try body["attributes"].map { (value) throws(HubError) in try IdentityAttributes(value) }
        }
        if let authentication = body["authentication"], !authentication.isNull {
            guard authentication.kind == .object else { throw .badMember("authentication") }
            credentials = try Self.credentials(authentication, module: module)
        }
    }

    /// The rules of rest.md section 5.1's table; a missing `type` is derived from what is there.
    private static func credentials(_ body: JSONValue, module: Bool) throws(HubError) -> Credentials {
        let thumbprints = body["x509Thumbprint"]
        let primaryThumbprint = try thumbprint(thumbprints, "primaryThumbprint")
        let secondaryThumbprint = try thumbprint(thumbprints, "secondaryThumbprint")
        let derived = primaryThumbprint != nil || secondaryThumbprint != nil ? "selfsigned" : "sas"
        switch try text(body, "type")?.lowercased() ?? derived {
        case "sas":
            return try symmetricKeys(body["symmetricKey"])
        case "selfsigned":
            return .given(.selfSigned(primary: primaryThumbprint, secondary: secondaryThumbprint))
        case "certificateauthority":
            return .given(.certificateAuthority)
        case "none":
            // Devices are refused; a module silently becomes `sas`.
            guard module else { throw HubError(.argumentInvalid, "DeviceAuthenticationTypeIsMissing") }
            return .generateKeys
        default:
            throw .badMember("authentication.type")
        }
    }

    private static func symmetricKeys(_ body: JSONValue?) throws(HubError) -> Credentials {
        guard let body, !body.isNull else { return .generateKeys }
        guard body.kind == .object else { throw .badMember("authentication.symmetricKey") }
        let primary = try text(body, "primaryKey") ?? ""
        let secondary = try text(body, "secondaryKey") ?? ""
        if primary.isEmpty, secondary.isEmpty { return .generateKeys }
        guard !primary.isEmpty, !secondary.isEmpty else {
            throw HubError(.argumentInvalid, "Either no keys or both keys can be set")
        }
        return .given(.sas(primary: try SymmetricKey(base64: primary), secondary: try SymmetricKey(base64: secondary)))
    }

    private static func thumbprint(_ body: JSONValue?, _ member: String) throws(HubError) -> Thumbprint? {
        guard let body, !body.isNull else { return nil }
        guard body.kind == .object else { throw .badMember("authentication.x509Thumbprint") }
        guard let text = try text(body, member), !text.isEmpty else { return nil }
        return try Thumbprint(text)
    }

    /// A string member; nil where absent or null.
    private static func text(_ body: JSONValue, _ member: String) throws(HubError) -> String? {
        guard let value = body[member], !value.isNull else { return nil }
        guard let text = value.string else { throw .badMember(member) }
        return text
    }
}

extension HubError {
    /// A member of a request body that is not what it must be.
    public static func badMember(_ name: String) -> HubError {
        HubError(.argumentInvalid, "The value of '\(name)' is not valid.")
    }
}
