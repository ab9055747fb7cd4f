import JSON

/// Foretells what an agent runs with, from what was really delivered to it.
///
/// A classic agent reads each notification as if it were the whole configuration: what the patch lacks falls back to the
/// default until the next document comes (defender.md section 2.3, "Partial desired patches reset the rest"). Of the deliveries
/// only the last accepted and the last refused one are kept, so that ten thousand agents cost little.
public struct FollowedAgent: Sendable {
    public let kind: AgentKind
    /// The delivery that counts; nil while there is none, or none was accepted.
    public private(set) var accepted: ConfigurationDelivery?
    /// The last delivery, where it was refused.
    public private(set) var refused: ConfigurationDelivery?
    /// Agent C# does not start on a configuration that it cannot read; the others run on their defaults.
    public private(set) var state: State = .waiting

    public enum State: String, Sendable {
        /// Nothing has been delivered yet.
        case waiting
        case running
        /// Its first configuration was refused, and it has not started to collect.
        case stopped
    }

    public init(_ kind: AgentKind) { self.kind = kind }

    /// - Returns: what the agent made of it.
    @discardableResult
    public mutating func receive(_ delivery: ConfigurationDelivery) -> ReadConfiguration {
        let delivery = kind == .micro ? merged(delivery) : delivery
        let outcome = ConfigurationReader.read(delivery.desired, as: kind)
        switch outcome {
        // An agent that did not start listens to no notification.
        case .accepted where state == .stopped && delivery.form == .patch: break
        case .accepted:
            accepted = delivery
            refused = nil
            state = .running
        case .refused:
            refused = delivery
            if state == .waiting { state = kind == .csharp ? .stopped : .running }
        }
        return outcome
    }

    /// The agent has begun anew, and holds nothing of before.
    public mutating func restart() { self = FollowedAgent(kind) }

    /// What it runs with; nil while it does not run.
    public var running: RunningConfiguration? {
        guard state == .running else { return nil }
        guard let accepted, case .accepted(let configuration) = ConfigurationReader.read(accepted.desired, as: kind)
        else { return RunningConfiguration(defaultsOf: kind) }
        return configuration
    }

    /// Why the last delivery was refused; nil where it was not.
    public var refusal: ConfigurationRefusal? {
        guard let refused, case .refused(let refusal) = ConfigurationReader.read(refused.desired, as: kind) else {
            return nil
        }
        return refusal
    }

    /// The micro agent's keys stand at the root of desired, and nothing is documented about a reset by a patch: it is taken to
    /// keep what a patch does not name.
    private func merged(_ delivery: ConfigurationDelivery) -> ConfigurationDelivery {
        guard delivery.form == .patch, let before = refused ?? accepted else { return delivery }
        var json = JSONWriter()
        json.beginObject()
        for key in ConfigurationKey.micro {
            guard let value = delivery.desired[key.name] ?? before.desired[key.name], !value.isNull else { continue }
            json.key(key.name)
            json.raw(value.raw)
        }
        json.endObject()
        return ConfigurationDelivery(form: .patch, version: delivery.version, merged: json.bytes) ?? delivery
    }
}

/// A twin document or a notification on its way to an agent, reduced to what the agent reads of it.
public struct ConfigurationDelivery: Sendable {
    public let form: Form
    /// `$version` of desired that it carries.
    public let version: UInt64
    private let document: JSONDocument

    public enum Form: String, Sendable {
        /// The answer to a read of the twin.
        case document
        /// A notification of a change.
        case patch
    }

    /// - Parameter desired: the desired properties at their root, or the patch; of it only what the module's agents read is
    ///   kept.
    public init(_ form: Form, version: UInt64, desired: JSONValue, of module: SecurityModule) {
        var json = JSONWriter()
        json.beginObject()
        switch module {
        case .classic:
            if let object = desired[SecurityModule.objectName] {
                json.key(SecurityModule.objectName)
                json.raw(object.raw)
            }
        case .micro:
            for key in ConfigurationKey.micro {
                guard let value = desired[key.name] else { continue }
                json.key(key.name)
                json.raw(value.raw)
            }
        }
        json.endObject()
        self.form = form
        self.version = version
        // Made of values that have been parsed already.
        document = (try? JSONDocument(parsing: json.bytes)) ?? Self.nothing
    }

    fileprivate init?(form: Form, version: UInt64, merged: [UInt8]) {
        guard let document = try? JSONDocument(parsing: merged) else { return nil }
        self.form = form
        self.version = version
        self.document = document
    }

    public var desired: JSONValue { document.root }

    private static let nothing: JSONDocument = {
        do { return try JSONDocument(parsing: "{}") } catch { preconditionFailure("{} is JSON") }
    }()
}
