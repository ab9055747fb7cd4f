import Access
import Glibc
import JSON
import Vocabulary

/// What the server says once it is ready: for people, for scripts waiting for one line, and as JSON.
struct ReadyReport {
    let emulator: Emulator

    private var address: String {
        let bind = emulator.configuration.bindAddress
        return bind.contains(":") ? "[\(bind)]" : bind
    }

    /// Where a client on this machine reaches it.
    private var host: String {
        switch emulator.configuration.bindAddress {
        case "127.0.0.1", "::1", "localhost", "0.0.0.0", "::": "localhost"
        default: address
        }
    }

    private var dataFolder: String? { emulator.configuration.dataFolder.map(Files.absolute) }

    /// `ready https=127.0.0.1:8443 mqtt=127.0.0.1:8883 data=DIR`, the last line on standard output.
    var line: String {
        "ready https=\(address):\(emulator.httpsPort) mqtt=\(address):\(emulator.mqttPort) data=\(dataFolder ?? "none")"
    }

    private var connectionString: String? {
        guard let owner = emulator.policies["iothubowner"] else { return nil }
        return
            "HostName=\(host):\(emulator.httpsPort);SharedAccessKeyName=iothubowner;SharedAccessKey=\(owner.primary.base64)"
    }

    /// What a person needs to go on.
    var text: String {
        var lines = ["TwinHub \(emulator.hub.registry.devices) devices, \(emulator.hub.registry.modules) modules"]
        lines.append("  HTTPS (and plain HTTP)  https://\(host):\(emulator.httpsPort)")
        lines.append("  MQTT                    \(host):\(emulator.mqttPort)")
        lines.append("  data                    \(dataFolder ?? "in memory, gone at the end")")
        lines.append(
            "  durability              \(emulator.configuration.dataFolder == nil ? "none" : emulator.configuration.durability.rawValue)"
        )
        lines.append("  events                  \(events)")
        if let file = emulator.authorityFile {
            lines.append("  CA certificates         \(Files.absolute(file))")
        }
        if let connectionString { lines.append("  connection string       \(connectionString)") }
        if emulator.configuration.authorization == .off {
            lines.append("  Authorization is OFF: everybody may do everything.")
        }
        if let warning = exposure { lines.append("  WARNING: \(warning)") }
        lines.append(
            "  try                     curl \(emulator.configuration.tlsOnly ? "-k https" : "http")://\(host):\(emulator.httpsPort)/health/ready"
        )
        return lines.joined(separator: "\n") + "\n"
    }

    /// How long events for back ends are kept, and what an acknowledged one survives.
    private var events: String {
        let configuration = emulator.configuration
        guard configuration.dataFolder != nil else { return "in memory" }
        let durability =
            switch configuration.eventDurability {
            case .commit: "each on disk when acknowledged"
            case .interval: "on disk every second"
            case .none: "on disk when the system likes"
            }
        return "\(durability) (\(configuration.eventDurability.rawValue)), kept \(configuration.eventRetention)"
    }

    /// Well-known keys on an address that others can reach.
    var exposure: String? {
        guard !["127.0.0.1", "::1", "localhost"].contains(emulator.configuration.bindAddress) else { return nil }
        if emulator.configuration.authorization == .off {
            return "anyone who can reach \(emulator.configuration.bindAddress) may change everything."
        }
        guard !emulator.configuration.generatesKeys else { return nil }
        return "listening on \(emulator.configuration.bindAddress) with well-known keys; use --generate-keys."
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("https")
        json.value("\(address):\(emulator.httpsPort)")
        json.key("mqtt")
        json.value("\(address):\(emulator.mqttPort)")
        json.key("host")
        json.value(host)
        json.key("httpsPort")
        json.value(Int(emulator.httpsPort))
        json.key("mqttPort")
        json.value(Int(emulator.mqttPort))
        json.key("data")
        json.value(dataFolder)
        json.key("caFile")
        json.value(emulator.authorityFile.map(Files.absolute))
        json.key("tlsOnly")
        json.value(emulator.configuration.tlsOnly)
        json.key("connectionString")
        json.value(connectionString)
        json.key("pid")
        json.value(Int(getpid()))
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// Writes the JSON form where it was asked for. Throws where that cannot be done.
    func save() throws(StartFailure) {
        guard
            let file = emulator.configuration.readyFile
                ?? emulator.configuration.dataFolder.map({ DataFolder($0).readyReport })
        else { return }
        // Holds a connection string, which may be a generated one.
        guard Files.write(json, to: file, mode: 0o600) else {
            throw StartFailure("--ready-file \(file): \(SystemError.text())")
        }
    }
}
