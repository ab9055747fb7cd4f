import Vocabulary

/// What is asked of the hub about imports and exports: the first two by back ends, the others by whoever runs them.
public enum RegistryJobCommand: Sendable {
    case enqueue(RegistryJobID, RegistryJobDraft)
    case cancel(RegistryJobID)

    case begin(RegistryJobID)
    /// Takes in lines of an import, those behind so many; what they change and that they were read is one batch of events.
    case take(RegistryJobID, [ImportLine], after: Int)
    case takeConfigurations(RegistryJobID, [ConfigurationLine], after: Int)
    case end(RegistryJobID, failure: String?)
}
