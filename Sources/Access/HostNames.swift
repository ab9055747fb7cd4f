/// The names that a token's resource may begin with (clients.md): the hub's own, loopback literals, and any
/// `*.azure-devices.net`, since a client behind a gateway signs for the hub's real name. Ports are ignored.
public struct HostNames: Sendable {
    private let own: Set<String>

    public init(extra: [String] = []) {
        own = Set(["localhost", "hub.localhost", "127.0.0.1", "::1", "0.0.0.0"] + extra.map { $0.lowercased() })
    }

    /// Of a token or user name, with a port or without (clients.md).
    public func accepts(_ host: String) -> Bool {
        let name = Self.withoutPort(host.lowercased())
        return own.contains(name) || name.hasSuffix(".azure-devices.net") || Self.isLoopback(name)
    }

    /// `127.x.y.z`, all of which is this machine.
    private static func isLoopback(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func withoutPort(_ host: String) -> String {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            return String(host[host.index(after: host.startIndex)..<end])
        }
        guard let colon = host.lastIndex(of: ":"), host.firstIndex(of: ":") == colon else { return host }
        return String(host[..<colon])
    }
}
