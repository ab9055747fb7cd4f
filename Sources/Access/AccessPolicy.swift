/// A shared access policy: a name, two keys, and what their holders may do (rest.md section 2.4).
public struct AccessPolicy: Hashable, Sendable {
    public let name: String
    public let primary: SymmetricKey
    public let secondary: SymmetricKey
    /// What either of its keys opens (rest.md section 2.4).
    public let permissions: Permissions

    public init(name: String, primary: SymmetricKey, secondary: SymmetricKey, permissions: Permissions) {
        self.name = name
        self.primary = primary
        self.secondary = secondary
        self.permissions = permissions
    }
}
