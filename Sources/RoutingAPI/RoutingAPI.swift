import Endpoints

/// Routes, endpoints and enrichments for those who run the hub. The real hub has them in its resource provider; the bodies
/// are the provider's, the paths TwinHub's own.
public enum RoutingAPI {
    public static func routes(_ deliveries: Deliveries) -> [Route] {
        RoutingResource(deliveries).routes + RouteTests.routes + EndpointsHealth(deliveries: deliveries).routes
    }
}
