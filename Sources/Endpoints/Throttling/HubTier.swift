import Hub

/// An edition of the real hub, whose limits `--throttle` sets (rest.md section 18).
public enum HubTier: String, Sendable, CaseIterable {
    case f1 = "F1"
    case b1 = "B1"
    case b2 = "B2"
    case b3 = "B3"
    case s1 = "S1"
    case s2 = "S2"
    case s3 = "S3"

    /// Editions of one size have the same rates.
    enum Size { case small, medium, large }

    var size: Size {
        switch self {
        case .f1, .b1, .s1: .small
        case .b2, .s2: .medium
        case .b3, .s3: .large
        }
    }

    /// The most that can be bought.
    public static let maximumUnits = 200

    /// Messages that one unit takes in a day of UTC.
    var messagesPerDay: Int {
        switch self {
        case .f1: 8_000
        case .b1, .s1: 400_000
        case .b2, .s2: 6_000_000
        case .b3, .s3: 300_000_000
        }
    }

    /// A message counts once for each part of so many bytes.
    var messageMeter: Int { self == .f1 ? 512 : 4096 }
}

extension HubLimits {
    /// Lowers what an edition has less of.
    public mutating func keep(within tier: HubTier) {
        let jobs =
            switch tier.size {
            case .small: 1
            case .medium: 5
            case .large: 10
            }
        activeJobs = min(activeJobs, jobs)
        configurations = min(configurations, tier == .f1 ? 10 : 100)
    }
}
