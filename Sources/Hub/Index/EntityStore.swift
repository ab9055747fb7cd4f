import Vocabulary

/// Where entities are looked up.
protocol EntityStore {
    func entity(_ id: TwinID) -> Entity?
}
