import Vocabulary

/// The imports and exports that are known, in the order in which they were asked for.
public struct RegistryJobBook: Sendable {
    public private(set) var jobs: [RegistryJob] = []

    public subscript(_ id: RegistryJobID) -> RegistryJob? { jobs.last { $0.id == id } }

    /// The one that has not ended: there is one at a time.
    public var active: RegistryJob? { jobs.last.flatMap { $0.status.isFinal ? nil : $0 } }

    mutating func append(_ job: RegistryJob) { jobs.append(job) }

    mutating func remove(_ ids: [RegistryJobID]) { jobs.removeAll { ids.contains($0.id) } }

    /// False where it is not known.
    mutating func update(_ id: RegistryJobID, _ change: (inout RegistryJob) -> Void) -> Bool {
        guard let index = jobs.lastIndex(where: { $0.id == id }) else { return false }
        change(&jobs[index])
        return true
    }
}
