import JSON

extension SecurityGroup {
    /// Reads the body of an ARM PUT, api-version 2019-08-01. Members that the service only ever writes are not looked at.
    public init(reading body: JSONValue) throws(SecurityGroupError) {
        guard body.kind == .object else { throw SecurityGroupError(path: "", expected: "an object") }
        guard let properties = body["properties"] else {
            self = .empty
            return
        }
        guard properties.kind == .object else { throw SecurityGroupError(path: "properties", expected: "an object") }
        var windows: [CustomAlertRule: TimeWindowRule] = [:]
        for item in try Self.rules("timeWindowRules", in: properties, of: CustomAlertRule.timeWindowRules) {
            windows[item.rule] = try Self.window(item)
        }
        var lists: [CustomAlertRule: AllowlistRule] = [:]
        for item in try Self.rules("allowlistRules", in: properties, of: CustomAlertRule.allowlistRules) {
            lists[item.rule] = try Self.list(item)
        }
        // The service defines no rule of these two kinds.
        for name in ["denylistRules", "thresholdRules"] { _ = try Self.rules(name, in: properties, of: []) }
        self.init(timeWindowRules: windows, allowlistRules: lists)
    }

    /// Writes the body of an ARM answer, all rules in it.
    ///
    /// - Parameter id: the group's whole resource id, whose last component is its name.
    public func write(to json: inout JSONWriter, id: String, name: String) {
        json.beginObject()
        json.key("id")
        json.value(id)
        json.key("name")
        json.value(name)
        json.key("type")
        json.value("Microsoft.Security/deviceSecurityGroups")
        json.key("properties")
        json.beginObject()
        json.key("timeWindowRules")
        json.beginArray()
        for rule in timeWindowRules {
            json.beginObject()
            Self.writeNames(of: rule.rule, to: &json)
            Self.writeSettings(of: rule, to: &json)
            json.endObject()
        }
        json.endArray()
        json.key("allowlistRules")
        json.beginArray()
        for rule in allowlistRules {
            json.beginObject()
            Self.writeNames(of: rule.rule, to: &json)
            json.key("valueType")
            json.value(rule.rule == .connectionToIP ? "IpCidr" : "String")
            Self.writeSettings(of: rule, to: &json)
            json.endObject()
        }
        json.endArray()
        json.key("denylistRules")
        json.beginArray()
        json.endArray()
        json.key("thresholdRules")
        json.beginArray()
        json.endArray()
        json.endObject()
        json.endObject()
    }

    /// Writes as little of the body as reads back to the same: the rules that are not at their defaults, without what the service
    /// only ever writes.
    public func writeSettings(to json: inout JSONWriter) {
        json.beginObject()
        json.key("timeWindowRules")
        json.beginArray()
        for rule in timeWindowRules where rule != TimeWindowRule(rule: rule.rule) {
            json.beginObject()
            Self.writeType(of: rule.rule, to: &json)
            Self.writeSettings(of: rule, to: &json)
            json.endObject()
        }
        json.endArray()
        json.key("allowlistRules")
        json.beginArray()
        for rule in allowlistRules where rule != AllowlistRule(rule: rule.rule) {
            json.beginObject()
            Self.writeType(of: rule.rule, to: &json)
            Self.writeSettings(of: rule, to: &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    private static func writeType(of rule: CustomAlertRule, to json: inout JSONWriter) {
        json.key("ruleType")
        json.value(rule.rawValue)
    }

    private static func writeNames(of rule: CustomAlertRule, to json: inout JSONWriter) {
        writeType(of: rule, to: &json)
        json.key("displayName")
        json.value(rule.displayName)
        json.key("description")
        json.value(rule.description)
    }

    private static func writeSettings(of rule: TimeWindowRule, to json: inout JSONWriter) {
        json.key("isEnabled")
        json.value(rule.isEnabled)
        json.key("minThreshold")
        json.value(rule.minThreshold)
        json.key("maxThreshold")
        json.value(rule.maxThreshold)
        json.key("timeWindowSize")
        json.value(rule.window)
    }

    private static func writeSettings(of rule: AllowlistRule, to json: inout JSONWriter) {
        json.key("isEnabled")
        json.value(rule.isEnabled)
        json.key("allowlistValues")
        json.beginArray()
        for value in rule.values { json.value(value) }
        json.endArray()
    }

    private struct Item {
        let rule: CustomAlertRule
        let isEnabled: Bool
        let path: String
        let json: JSONValue
    }

    private static func rules(
        _ name: String, in properties: JSONValue, of allowed: [CustomAlertRule]
    ) throws(SecurityGroupError) -> [Item] {
        guard let list = properties[name], !list.isNull else { return [] }
        let path = "properties.\(name)"
        guard list.kind == .array else { throw SecurityGroupError(path: path, expected: "an array") }
        var items: [Item] = []
        for (position, item) in list.elements.enumerated() {
            let place = "\(path)[\(position)]"
            guard item.kind == .object else { throw SecurityGroupError(path: place, expected: "an object") }
            guard let rule = item["ruleType"]?.string.flatMap(CustomAlertRule.init), allowed.contains(rule) else {
                let names = allowed.map(\.rawValue).joined(separator: ", ")
                throw SecurityGroupError(
                    path: "\(place).ruleType", expected: allowed.isEmpty ? "no rule" : "one of \(names)")
            }
            guard !items.contains(where: { $0.rule == rule }) else {
                throw SecurityGroupError(path: "\(place).ruleType", expected: "each rule once")
            }
            guard let isEnabled = item["isEnabled"]?.bool else {
                throw SecurityGroupError(path: "\(place).isEnabled", expected: "true or false")
            }
            items.append(Item(rule: rule, isEnabled: isEnabled, path: place, json: item))
        }
        return items
    }

    private static func window(_ item: Item) throws(SecurityGroupError) -> TimeWindowRule {
        var rule = TimeWindowRule(rule: item.rule, isEnabled: item.isEnabled)
        rule.minThreshold = try threshold("minThreshold", of: item)
        rule.maxThreshold = try threshold("maxThreshold", of: item)
        guard rule.minThreshold <= rule.maxThreshold else {
            throw SecurityGroupError(path: "\(item.path).maxThreshold", expected: "minThreshold or more")
        }
        if let size = item.json["timeWindowSize"], !size.isNull {
            guard let text = size.string, let duration = AgentDuration(text, as: .dotNet), duration.milliseconds > 0
            else {
                throw SecurityGroupError(
                    path: "\(item.path).timeWindowSize", expected: "an ISO 8601 duration such as PT15M")
            }
            rule.window = text
            rule.seconds = Double(duration.milliseconds) / 1000
        }
        return rule
    }

    private static func threshold(_ name: String, of item: Item) throws(SecurityGroupError) -> Int64 {
        guard let value = item.json[name], !value.isNull else { return 0 }
        guard let number = value.int, number >= 0, number <= Int64(Int32.max) else {
            throw SecurityGroupError(path: "\(item.path).\(name)", expected: "a whole number from 0 to \(Int32.max)")
        }
        return number
    }

    private static func list(_ item: Item) throws(SecurityGroupError) -> AllowlistRule {
        var rule = AllowlistRule(rule: item.rule, isEnabled: item.isEnabled)
        guard let list = item.json["allowlistValues"], !list.isNull else { return rule }
        let path = "\(item.path).allowlistValues"
        guard list.kind == .array, list.count <= maximumValues else {
            throw SecurityGroupError(path: path, expected: "an array of at most \(maximumValues) strings")
        }
        var values: [String] = []
        for (position, value) in list.elements.enumerated() {
            guard let text = value.string, text.utf8.count <= maximumValueLength else {
                throw SecurityGroupError(
                    path: "\(path)[\(position)]", expected: "a string of at most \(maximumValueLength) bytes")
            }
            values.append(text)
            guard item.rule == .connectionToIP else { continue }
            guard let range = AddressRange(text) else {
                throw SecurityGroupError(
                    path: "\(path)[\(position)]", expected: "an address or a network such as 10.0.0.0/8")
            }
            rule.ranges.append(range)
        }
        rule.values = values
        return rule
    }
}
