import Twins

/// What one configuration wants of one twin.
struct Contribution: Sendable {
    /// The configuration's.
    let number: UInt64
    let kind: ConfigurationContent.Kind
    /// What it leaves in the metadata; nil for what a back end writes by itself.
    let stamp: ConfigurationStamp?
    /// Nil where it gives nothing: an edge deployment to the device itself, or below another base deployment, or what does
    /// not fit.
    let parts: [ConfigurationContent.Part]?
    /// Whether its configuration is gone. What it has written stays then.
    let isRetired: Bool

    init(_ configuration: Configuration, module: String?, isOverruled: Bool = false, isRetired: Bool = false) {
        number = configuration.number
        kind = configuration.content.kind
        stamp = configuration.stamp
        // A module configuration does not say which module: its target does.
        let section = configuration.content.section(kind == .modules ? module : nil)
        parts = isOverruled ? nil : section?.parts
        self.isRetired = isRetired
    }

    /// What a back end writes by itself.
    init(_ content: ConfigurationContent, _ section: ConfigurationContent.Section) {
        number = 0
        kind = content.kind
        stamp = nil
        parts = section.parts
        isRetired = false
    }

    private init(overruling other: Contribution) {
        number = other.number
        kind = other.kind
        stamp = other.stamp
        parts = nil
        isRetired = other.isRetired
    }

    /// The same without what it gives.
    var overruled: Contribution { Contribution(overruling: self) }

    /// Whether it has parts, and there is nothing in them.
    var isEmpty: Bool {
        guard parts != nil else { return false }
        return switch Composition([self]) {
        case .leaf: true
        case .object(let members): members.isEmpty
        }
    }
}
