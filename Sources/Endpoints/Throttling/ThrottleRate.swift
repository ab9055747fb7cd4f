/// So many in so much time.
struct ThrottleRate: Equatable {
    let count: Int
    let milliseconds: Int

    static func second(_ count: Int) -> ThrottleRate { ThrottleRate(count: count, milliseconds: 1000) }
    static func minute(_ count: Int) -> ThrottleRate { ThrottleRate(count: count, milliseconds: 60_000) }

    /// Methods are counted in parts of so many bytes.
    static let methodMeter = 4096

    /// The table of rest.md section 18.
    init(of operation: ThrottledOperation, _ size: HubTier.Size, units: Int) {
        switch (operation, size) {
        case (.identityRegistry, .small), (.identityRegistry, .medium), (.cloudToDevice, .small),
            (.cloudToDevice, .medium), (.fileUploads, .small), (.fileUploads, .medium), (.jobs, .small),
            (.jobs, .medium):
            self = .minute(100 * units)
        case (.identityRegistry, .large), (.cloudToDevice, .large), (.fileUploads, .large), (.jobs, .large):
            self = .minute(5000 * units)
        case (.deviceToCloud, .small), (.connections, .small): self = .second(max(100, 12 * units))
        case (.deviceToCloud, .medium), (.connections, .medium): self = .second(120 * units)
        case (.deviceToCloud, .large), (.connections, .large): self = .second(6000 * units)
        case (.cloudToDeviceReceives, .small), (.cloudToDeviceReceives, .medium): self = .minute(1000 * units)
        case (.cloudToDeviceReceives, .large): self = .minute(50_000 * units)
        case (.methods, .small): self = .second(160 * 1024 / Self.methodMeter * units)
        case (.methods, .medium): self = .second(480 * 1024 / Self.methodMeter * units)
        case (.methods, .large): self = .second(24 * 1024 * 1024 / Self.methodMeter * units)
        case (.queries, .small), (.queries, .medium): self = .minute(20 * units)
        case (.queries, .large): self = .minute(1000 * units)
        case (.twinReads, .small): self = .second(100)
        case (.twinReads, .medium): self = .second(max(100, 10 * units))
        case (.twinReads, .large): self = .second(500 * units)
        case (.twinUpdates, .small): self = .second(50)
        case (.twinUpdates, .medium): self = .second(max(50, 5 * units))
        case (.twinUpdates, .large): self = .second(250 * units)
        case (.jobDevices, .small): self = .second(10)
        case (.jobDevices, .medium): self = .second(max(10, units))
        case (.jobDevices, .large): self = .second(50 * units)
        case (.configurations, _): self = .minute(20 * units)
        }
    }

    private init(count: Int, milliseconds: Int) {
        self.count = count
        self.milliseconds = milliseconds
    }
}
