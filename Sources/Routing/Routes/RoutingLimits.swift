/// What a hub's routing may hold.
enum RoutingLimits {
    // The real hub's.
    static let routes = 100
    static let customEndpoints = 10
    static let enrichments = 10

    /// TwinHub's own: bytes of an enrichment's key and of its value, since every event carries them.
    static let enrichmentKeyBytes = 256
    static let enrichmentValueBytes = 4096
}
