import Events

extension EventSource {
    /// As routes name it (twins.md section 11): `DeviceMessages`, …
    public var routingName: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// Names compare without case.
    public init?(routingName: String) {
        let wanted = routingName.lowercased()
        guard let source = EventSource.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else { return nil }
        self = source
    }
}
