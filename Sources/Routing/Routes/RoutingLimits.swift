/// What the real hub allows.
enum RoutingLimits {
    static let routes = 100
    static let customEndpoints = 10
    static let enrichments = 10
}
