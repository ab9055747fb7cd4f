import Access
import Vocabulary

/// Who a simulated client is, and how it proves it.
public enum ClientIdentity: Hashable, Sendable {
    /// A device or module of a hub; it signs its tokens itself, as SDKs do.
    case hub(TwinID, key: SymmetricKey)
    /// A client of any MQTT broker, without credentials: for measurements beside one.
    case plain(String)

    /// Its client identifier.
    public var name: String {
        switch self {
        case .hub(let id, _): id.key
        case .plain(let name): name
        }
    }

    /// Where its telemetry goes (mqtt.md section 3.1). A broker sees an ordinary topic.
    public var telemetryTopic: String { "\(resource)/messages/events/" }

    /// The user name and password of a CONNECT; nil where it has none (mqtt.md section 2.1).
    func credentials(host: String, apiVersion: String, expiry: Int64) -> (userName: String, password: String)? {
        guard case .hub(let id, let key) = self else { return nil }
        return (
            "\(host)/\(id.key)/?api-version=\(apiVersion)",
            SASSigner.token(resource: "\(host)/\(resource)", key: key, expiry: expiry)
        )
    }

    private var resource: String {
        switch self {
        case .plain(let name): return "devices/\(name)"
        case .hub(let id, _):
            guard let module = id.module else { return "devices/\(id.device)" }
            return "devices/\(id.device)/modules/\(module)"
        }
    }
}
