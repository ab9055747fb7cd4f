import Access
import Vocabulary

/// Which of an identity's two keys, in the service's words.
public enum PolicyKey: String, Sendable, CaseIterable { case primaryKey, secondaryKey, both }

/// What became of a wish for new keys.
public struct KeyRegeneration: Sendable {
    /// The keys that are new.
    public struct Rotation: Sendable {
        public let id: TwinID
        public let primary: SymmetricKey?
        public let secondary: SymmetricKey?
    }

    public var rotations: [Rotation] = []
    public var errors: [BulkResult.ItemError] = []
}
