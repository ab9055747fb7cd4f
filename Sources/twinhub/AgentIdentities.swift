import Access
import Defender
import Emulator
import JSON
import Simulator
import Vocabulary

/// Whose agents are played.
enum AgentIdentities {
    /// Devices that are secured at once.
    private static let portion = 1000

    /// Devices `agent-000001`, `agent-000002` … of a running server, with their security modules. A key that is known is given to
    /// the modules, so that none has to be read.
    static func create(
        _ count: Int, prefix: String, _ module: SecurityModule, _ hub: HubClient
    ) throws -> [ClientIdentity] {
        let devices = try (1...count).map { number in
            let digits = String(number)
            return try TwinID(device: "\(prefix)-\(String(repeating: "0", count: max(6 - digits.count, 0)))\(digits)")
        }
        // The devices have keys of their own: nobody signs in as them, and shared ones would be a finding.
        try LoadIdentities.write(devices, key: nil, hub)
        let key = SymmetricKey.generate(.system)
        for start in stride(from: 0, to: count, by: portion) {
            try secure(devices[start..<min(start + portion, count)], module, hub)
        }
        let modules = try devices.map { try $0.module(module.moduleID) }
        try LoadIdentities.write(modules, key: key, hub)
        return modules.map { .hub($0, key: key) }
    }

    private static func secure(_ devices: ArraySlice<TwinID>, _ module: SecurityModule, _ hub: HubClient) throws {
        var json = JSONWriter()
        json.beginObject()
        json.key("devices")
        json.beginArray()
        for device in devices { json.value(device.device) }
        json.endArray()
        json.key("modules")
        json.value(module.rawValue)
        json.endObject()
        let answer = try hub.send("POST", "/emulator/defender/secure", body: json.bytes)
        guard answer.status == 200, answer.json?["refusedCount"]?.int == 0 else {
            throw StartFailure("the hub did not secure the devices: \(answer.message)")
        }
    }

    /// The agents of these devices, each of which must have the module.
    static func named(_ devices: [String], _ module: SecurityModule, _ hub: HubClient) throws -> [ClientIdentity] {
        try devices.map { device in
            guard let identity = try identity(device, module, hub) else {
                throw StartFailure("\(device) has no module \(module.moduleID): try twinhub security secure \(device)")
            }
            return identity
        }
    }

    /// The agents of all enabled devices that have the module, or of the first so many by id: nobody can sign in on a disabled one.
    ///
    /// - Parameter condition: of the query language, that the devices' twins have to meet; nil for none.
    static func all(
        having module: SecurityModule, where condition: String?, limit: Int?, _ hub: HubClient
    ) throws -> [ClientIdentity] {
        var devices: [String] = []
        let more = condition.map { " AND (\($0))" } ?? ""
        try hub.query("SELECT deviceId FROM devices WHERE status = 'enabled'\(more)") { row in
            if let device = row["deviceId"]?.string { devices.append(device) }
            return true
        }
        var found: [ClientIdentity] = []
        for device in devices.sorted() where found.count < limit ?? .max {
            if let identity = try identity(device, module, hub) { found.append(identity) }
        }
        guard !found.isEmpty else {
            let which = condition == nil ? "device" : "device that meets the condition"
            throw StartFailure(
                "no \(which) has the module \(module.moduleID): try twinhub security secure --all, or --create")
        }
        return found
    }

    /// Nil where the device has no such module. Its key is read as an agent would read it.
    private static func identity(
        _ device: String, _ module: SecurityModule, _ hub: HubClient
    ) throws -> ClientIdentity? {
        let id = try TwinID(device: device).module(module.moduleID)
        let path = PathSegment.identity(id.key) + "?api-version=2021-04-12"
        guard let answer = try hub.getIfThere(path) else { return nil }
        guard let text = answer["authentication"]?["symmetricKey"]?["primaryKey"]?.string, !text.isEmpty else {
            throw StartFailure("\(device)/\(module.moduleID) has no key")
        }
        return .hub(id, key: try SymmetricKey(base64: text))
    }
}
