import JSON

/// The documentation of the configuration keys, made from their table.
public enum KeysPage {
    /// An array with an object a key: `key`, `module`, `type`, `unit`, `expected`, `defaults` by agent (absent where the agent does
    /// not know the key) and `documented`, `meaning`.
    public static func json(of modules: [SecurityModule] = SecurityModule.allCases) -> [UInt8] {
        var json = JSONWriter()
        json.beginArray()
        for key in modules.flatMap({ ConfigurationKey.all(of: $0) }) {
            json.beginObject()
            json.key("key")
            json.value(key.name)
            json.key("module")
            json.value(key.module.moduleID)
            json.key("type")
            json.value(key.typeName)
            json.key("unit")
            json.value(key.unit)
            json.key("expected")
            json.value(key.expectation)
            json.key("defaults")
            json.beginObject()
            if let value = key.documentedDefault {
                json.key("documented")
                value.write(to: &json)
            }
            for agent in key.module.agents {
                guard let value = key.defaultValue(of: agent) else { continue }
                json.key(agent.rawValue)
                value.write(to: &json)
            }
            json.endObject()
            json.key("meaning")
            json.value(key.meaning)
            json.endObject()
        }
        json.endArray()
        return json.bytes
    }

    /// The columns' heads, and a row a key.
    public static func rows(of module: SecurityModule) -> [[String]] {
        let agents = module.agents
        let head = ["KEY", "TYPE", "UNIT"] + (agents.count > 1 ? agents.map { "DEFAULT \($0.rawValue)" } : ["DEFAULT"])
        return [head + ["MEANING"]]
            + ConfigurationKey.all(of: module).map { key in
                [key.name, key.typeName, key.unit.isEmpty ? "-" : key.unit]
                    + agents.map { key.defaultValue(of: $0)?.text ?? "-" } + [key.meaning]
            }
    }
}

extension ConfigurationKey {
    var typeName: String {
        switch type {
        case .boolean: "boolean"
        case .integer: "integer"
        case .duration: "duration"
        case .priority: "High|Low|Off"
        case .frequency: "Low|Medium|High"
        case .intervals: "intervals"
        case .text: "string"
        case .optionalText: "string or null"
        }
    }
}
