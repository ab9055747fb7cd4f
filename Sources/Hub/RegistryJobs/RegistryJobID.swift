import Vocabulary

/// Names an import or export: a GUID, made by the hub.
public struct RegistryJobID: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ random: RequestID) { description = random.dashed }

    /// As somebody asks for it; one that names nothing is not found.
    public init(_ text: String) { description = text.lowercased() }
}
