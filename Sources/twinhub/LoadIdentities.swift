import Access
import Emulator
import JSON
import Simulator
import Vocabulary

/// Whom the simulated clients are.
enum LoadIdentities {
    /// Elements that one bulk request may have (rest.md section 6).
    private static let bulk = 100

    /// From a file of lines `{"deviceId": …, "moduleId": …, "key": …}`.
    static func read(_ file: String) throws -> [ClientIdentity] {
        guard let bytes = Files.read(file) else { throw StartFailure("\(file): \(SystemError.text())") }
        return try bytes.split(separator: UInt8(ascii: "\n")).enumerated().map { number, line in
            let fields = try JSONDocument(parsing: Array(line)).root
            guard let device = fields["deviceId"]?.string, let key = fields["key"]?.string else {
                throw StartFailure("\(file), line \(number + 1): deviceId or key is missing")
            }
            let module = fields["moduleId"]?.string
            let id = try module.map { try TwinID(device: device, module: $0) } ?? TwinID(device: device)
            return .hub(id, key: try SymmetricKey(base64: key))
        }
    }

    /// Devices `load-0`, `load-1` … of a running server, or so many modules `module-0` … of each. What is there already
    /// gets the key anew.
    static func create(
        _ count: Int, modulesEach: Int, prefix: String, _ hub: HubClient
    ) throws -> [ClientIdentity] {
        let key = SymmetricKey.generate(.system)
        let devices = modulesEach == 0 ? count : (count + modulesEach - 1) / modulesEach
        let owners = try (0..<devices).map { try TwinID(device: "\(prefix)-\($0)") }
        let modules =
            modulesEach == 0
            ? [] : try (0..<count).map { try owners[$0 / modulesEach].module("module-\($0 % modulesEach)") }
        try write(owners + modules, key: key, hub)
        return (modulesEach == 0 ? owners : modules).map { .hub($0, key: key) }
    }

    /// Creates these identities with the key, or gives it to those that are there; modules stand behind their devices. Without a key
    /// the hub makes each its own.
    static func write(_ all: [TwinID], key: SymmetricKey?, _ hub: HubClient) throws {
        for start in stride(from: 0, to: all.count, by: bulk) {
            let part = all[start..<min(start + bulk, all.count)]
            let answer = try hub.send(
                "POST", "/devices?api-version=2021-04-12", body: request(part, key: key))
            guard answer.status == 200, answer.json?["isSuccessful"]?.bool == true else {
                throw StartFailure(
                    "the hub did not create the clients: "
                        + (answer.json?["errors"].map { String(decoding: $0.raw, as: UTF8.self) } ?? answer.message))
            }
        }
    }

    private static func request(_ ids: ArraySlice<TwinID>, key: SymmetricKey?) -> [UInt8] {
        var json = JSONWriter(capacity: ids.count * 256)
        json.beginArray()
        for id in ids {
            json.beginObject()
            json.key("id")
            json.value(id.device)
            if let module = id.module {
                json.key("moduleId")
                json.value(module)
            }
            json.key("importMode")
            json.value("createOrUpdate")
            if let key {
                json.key("authentication")
                json.beginObject()
                json.key("type")
                json.value("sas")
                json.key("symmetricKey")
                json.beginObject()
                json.key("primaryKey")
                json.value(key.base64)
                json.key("secondaryKey")
                json.value(key.base64)
                json.endObject()
                json.endObject()
            }
            json.endObject()
        }
        json.endArray()
        return json.bytes
    }
}
