import Emulator
import Reactor
import Simulator

/// Where a load goes: a named server, or a running TwinHub.
struct LoadTarget {
    let address: ServerAddress

    init(hub: String?, ca: String?, hubName: String?, _ server: ServerOption) throws {
        guard let hub else {
            let report = try server.report()
            let tls = try TLSContext(clientTrusting: ca ?? report.authorityFile)
            address = ServerAddress(host: report.host, port: report.mqttPort, tls: tls)
            return
        }
        guard let colon = hub.lastIndex(of: ":"), let port = UInt16(hub[hub.index(after: colon)...]) else {
            throw StartFailure("--hub takes HOST:PORT, not '\(hub)'")
        }
        let tls = try ca.map { file in try TLSContext(clientTrusting: file) }
        address = ServerAddress(host: String(hub[..<colon]), port: port, hubName: hubName, tls: tls)
    }
}
