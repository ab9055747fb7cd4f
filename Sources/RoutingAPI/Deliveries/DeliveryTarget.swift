/// Where an endpoint's messages end up.
protocol DeliveryTarget: Sendable {
    /// Hands over messages in their order; answers once, on any queue. Nil is that all of them are where they belong.
    func deliver(_ messages: [RoutedMessage], then answer: @escaping @Sendable (DeliveryFailure?) -> Void)
}

/// Why messages did not get to their endpoint.
struct DeliveryFailure: Error, Sendable {
    var reason: String
}
