import Vocabulary

/// Where entities are looked up.
protocol EntityStore {
    func entity(_ id: TwinID) -> Entity?
    /// Every device, in no order; walks all that there is.
    var deviceIDs: [TwinID] { get }
}
