import ArgumentParser
import Emulator
import JSON

/// `twinhub env`: what a shell needs so that clients in it find the hub and trust it.
struct EnvCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Print shell exports for clients of the hub on a data folder.",
        discussion: "Use it as: eval \"$(twinhub env)\"")

    @OptionGroup var server: ServerOption

    func run() throws {
        try Failures.reported {
            let client = try server.client()
            var lines = try identities(client)
            lines.insert(("IOTHUB_CONNECTION_STRING", client.report.connectionString ?? ""), at: 0)
            lines.append(("IOTHUB_URL", client.report.url))
            lines.append(("IOTHUB_MQTT_PORT", String(client.report.mqttPort)))
            if let (file, place) = try server.roots(of: client) {
                let bundle = try TrustBundle.write(adding: file, to: place)
                lines.append(("IOTHUB_CA_FILE", file))
                for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
                    lines.append((name, bundle))
                }
            }
            StandardOutput.write(lines.map { "export \($0.name)=\(Self.quoted($0.value))\n" }.joined())
        }
    }

    /// The first device's connection string and that of its security module, as far as they exist. Device SDKs cannot take
    /// a port in `HostName`: they dial 8883 and 443 (clients.md).
    private func identities(_ client: HubClient) throws -> [(name: String, value: String)] {
        let devices = try client.get("/devices?top=1&api-version=2021-04-12")
        guard let device = devices.elements.first(where: { _ in true }), let id = device["deviceId"]?.string else {
            return []
        }
        var lines = [("IOTHUB_DEVICE_CONNECTION_STRING", "DeviceId=\(id);\(Self.secret(device))")]
        let path = "/devices/\(PathSegment.encode(id))/modules/azureiotsecurity?api-version=2021-04-12"
        if let module = try client.getIfThere(path) {
            lines.append(
                (
                    "IOTHUB_MODULE_CONNECTION_STRING",
                    "DeviceId=\(id);ModuleId=azureiotsecurity;\(Self.secret(module))"
                ))
        }
        return lines.map { ($0.0, "HostName=\(client.report.host);\($0.1)") }
    }

    private static func secret(_ identity: JSONValue) -> String {
        guard let key = identity["authentication"]?["symmetricKey"]?["primaryKey"]?.string else { return "x509=true" }
        return "SharedAccessKey=\(key)"
    }

    /// For a POSIX shell, whatever the text holds.
    private static func quoted(_ text: String) -> String {
        var quoted = "'"
        for character in text { quoted += character == "'" ? "'\\''" : String(character) }
        return quoted + "'"
    }
}
