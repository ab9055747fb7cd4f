import JSON
import TestSupport
import Testing
import Twins
import Vocabulary

@testable import Hub

/// A hub and the naive model of its configurations, side by side.
struct ConfigurationRun {
    let it: HubOnALog
    private(set) var model = NaiveConfigurations()
    private var newest = 0

    /// No two of them are in each other's way.
    private static let leaves = ["a", "b", "c.x", "c.y", "d.e.f", "d.e.g"]
    private static let names = ["one", "two", "three", "four", "five"]

    init(devices: Int, modules: Int) throws {
        var limits = HubLimits()
        // So that a change takes many slices.
        limits.twinsPerSettling = 3
        it = try HubOnALog(limits)
        for device in 0..<devices {
            it.make("d\(device)")
            model.twins["d\(device)"] = .init()
            guard device < modules else { continue }
            try succeed(.putIdentity(TwinID(trusted: "d\(device)/m"), IdentityDraft(), .none))
            model.twins["d\(device)/m"] = .init()
        }
    }

    // MARK: Steps

    mutating func putNew(_ random: inout SeededRandom) throws {
        let free = Self.names.filter { name in !model.configurations.contains { $0.id == name } }
        guard let id = free.randomElement(using: &random) else { return }
        newest += 1
        var leaves: [String: Int] = [:]
        for leaf in Self.leaves where random.once(in: 3) { leaves[leaf] = random.below(1000) }
        let configuration = NaiveConfigurations.Configuration(
            id: id, number: newest, isOfModules: random.once(in: 3), leaves: leaves, tag: Self.tag(&random),
            priority: random.below(3))
        try put(configuration, .none)
        model.configurations.append(configuration)
    }

    mutating func change(_ random: inout SeededRandom) throws {
        guard let index = model.configurations.indices.randomElement(using: &random) else { return }
        if random.once(in: 2) { model.configurations[index].tag = Self.tag(&random) }
        model.configurations[index].priority = random.below(3)
        try put(model.configurations[index], .any)
    }

    mutating func delete(_ random: inout SeededRandom) throws {
        guard let index = model.configurations.indices.randomElement(using: &random) else { return }
        let gone = model.configurations.remove(at: index)
        try succeed(.deleteConfiguration(ConfigurationID(gone.id), .any))
    }

    mutating func tag(_ random: inout SeededRandom) throws {
        guard let name = model.twins.keys.sorted().randomElement(using: &random) else { return }
        let tag = Self.tag(&random)
        model.twins[name]?.tag = tag
        try patch(name, #"{"tags":{"t":\#(tag.map(String.init) ?? "null")}}"#)
    }

    /// A back end writes what configurations may write as well.
    mutating func write(_ random: inout SeededRandom) throws {
        guard let name = model.twins.keys.sorted().randomElement(using: &random),
            let leaf = Self.leaves.randomElement(using: &random)
        else { return }
        let value: Int? = random.once(in: 3) ? nil : random.below(1000)
        var json = value.map(String.init) ?? "null"
        for key in leaf.split(separator: ".").reversed() { json = #"{"\#(key)":\#(json)}"# }
        model.twins[name]?.leaves[leaf] = value
        model.twins[name]?.marks[leaf] = nil
        try patch(name, #"{"properties":{"desired":\#(json)}}"#)
    }

    private static func tag(_ random: inout SeededRandom) -> Int? { random.once(in: 4) ? nil : random.below(3) }

    private func put(_ configuration: NaiveConfigurations.Configuration, _ precondition: Precondition) throws {
        let condition =
            switch (configuration.isOfModules, configuration.tag) {
            case (false, nil): "*"
            case (false, let tag?): "tags.t = \(tag)"
            case (true, nil): "FROM devices.modules WHERE deviceId != ''"
            case (true, let tag?): "FROM devices.modules WHERE tags.t = \(tag)"
            }
        let content = configuration.leaves.map { #""properties.desired.\#($0)":\#($1)"# }.joined(separator: ",")
        let body = """
            {"content":{"\(configuration.isOfModules ? "moduleContent" : "deviceContent")":{\(content)}},
            "targetCondition":"\(condition)","priority":\(configuration.priority)}
            """
        let id = try ConfigurationID(configuration.id)
        let draft = try ConfigurationDraft(JSONDocument(parsing: body).root, of: id)
        try succeed(.putConfiguration(id, draft, precondition))
    }

    private func patch(_ name: String, _ body: String) throws {
        let patch = try ServicePatch(body: JSONDocument(parsing: body))
        try succeed(.patchTwin(TwinID(trusted: name), patch, .none))
    }

    private func succeed(_ command: Command) throws {
        if let refusal = it.refusal(of: command) { throw refusal }
    }

    // MARK: Comparison

    /// Until every twin follows, in the hub as in the model.
    mutating func settle() {
        it.waitForConfigurations()
        model.settle()
    }

    func compare(_ place: String) throws {
        for (name, expected) in model.twins {
            let entity = try it.entity(TwinID(trusted: name))
            let standing = entity.configurations.map { ($0.id.description, $0.status.rawValue) }
            #expect(Dictionary(uniqueKeysWithValues: standing) == expected.standing, "\(name), \(place)")
            let desired = try JSONDocument(parsing: Array(entity.twin.desired)).root
            #expect(Self.leaves(of: desired, below: "") == expected.leaves, "\(name), \(place)")
        }
    }

    private static func leaves(of value: JSONValue, below path: String) -> [String: Int] {
        if let number = value.int { return [path: Int(number)] }
        return value.members.reduce(into: [:]) { all, member in
            let inner = leaves(of: member.value, below: path.isEmpty ? member.key : "\(path).\(member.key)")
            all.merge(inner) { _, new in new }
        }
    }
}
