import Defender
import Dispatch
import JSON
import Journal
import TestSupport
import Testing
import Twins
import Vocabulary

@testable import Hub

/// A security module for every device (defender.md section 1).
struct SecurityModuleTests {
    private static let classic = SecurityModule.classic.moduleID
    private static let micro = SecurityModule.micro.moduleID

    @discardableResult
    private func rule(
        _ it: HubOnALog, _ rule: DefenderSettings.Rule, strict: Bool = false
    ) throws -> SecuringReport {
        guard
            case .secured(let report) = it.execute(
                .putDefenderSettings(DefenderSettings(rule: rule, isStrict: strict), .none))
        else { throw HubOnALog.Unexpected() }
        return report
    }

    private func modules(_ it: HubOnALog, _ device: String) throws -> [String] {
        try it.entity(TwinID(trusted: device)).modules.compactMap(\.module)
    }

    private func item(_ text: String) throws -> RegistryItem { try RegistryItem(JSONDocument(parsing: text).root) }

    @Test func `Nothing is made unless it is asked for`() throws {
        let it = try HubOnALog()
        it.make("d")
        #expect(try modules(it, "d") == [])
        #expect(it.hub.defenderSettings == DefenderSettings())
    }

    @Test(arguments: Restart.allCases)
    func `Devices that are there get the module with the settings, new ones with their identity`(way: Restart) throws {
        let it = try HubOnALog()
        it.make("old")
        let report = try rule(it, .both)
        #expect(report.created.map(\.key) == ["old/\(Self.classic)", "old/\(Self.micro)"])
        it.make("new")
        try it.restart(way)
        #expect(it.hub.defenderSettings.rule == .both)
        for device in ["old", "new"] { #expect(try modules(it, device) == [Self.classic, Self.micro]) }
        it.make("newer")
        #expect(try modules(it, "newer") == [Self.classic, Self.micro])
        // With generated keys, and a twin of its own that is empty.
        let module = try it.entity(TwinID(trusted: "new/\(Self.classic)"))
        guard case .sas(let primary, let secondary) = module.identity.authentication else {
            Issue.record("the module has no keys")
            return
        }
        #expect(primary != secondary)
        #expect(Array(module.twin.desired) == Array("{}".utf8))
    }

    @Test func `A device and its module are one batch of the log`() throws {
        let it = try HubOnALog()
        try rule(it, .classic)
        it.make("d")
        let created = try it.records().filter { $0.kind == "identity.created" }
        #expect(created.count == 2)
        #expect(Set(created.map(\.batch)).count == 1)
    }

    @Test func `Every way to create a device brings the module`() throws {
        let it = try HubOnALog()
        try rule(it, .classic)
        guard
            case .bulk(let result) = it.execute(
                .bulk([
                    try item(#"{"id":"a","importMode":"create"}"#),
                    try item(#"{"id":"b"}"#),
                    try item(#"{"id":"c","importMode":"createOrUpdateIfMatchETag"}"#),
                    try item(#"{"id":"edge","capabilities":{"iotEdge":true}}"#),
                ]))
        else { throw HubOnALog.Unexpected() }
        #expect(result.isSuccessful)
        for device in ["a", "b", "c"] { #expect(try modules(it, device) == [Self.classic]) }
        #expect(try modules(it, "edge") == ["$edgeAgent", "$edgeHub", Self.classic])
        guard case .done = it.execute(.seed([try item(#"{"id":"s"}"#)], isComplete: true)) else {
            throw HubOnALog.Unexpected()
        }
        #expect(try modules(it, "s") == [Self.classic])
        // Away with the device.
        guard case .done = it.execute(.deleteIdentity(TwinID(trusted: "a"), .any)) else {
            throw HubOnALog.Unexpected()
        }
        #expect(it.hub.entity(TwinID(trusted: "a/\(Self.classic)")) == nil)
    }

    @Test func `A module that comes with its device is left as it comes`() throws {
        let it = try HubOnALog()
        try rule(it, .classic)
        let lines = ["bulk", "seed"].map { name in
            [
                #"{"id":"\#(name)"}"#,
                #"{"id":"\#(name)","moduleId":"\#(Self.classic)","properties":{"desired":{"mine":1}}}"#,
            ]
        }
        guard case .bulk(let result) = it.execute(.bulk(try lines[0].map(item))),
            case .done = it.execute(.seed(try lines[1].map(item), isComplete: true))
        else { throw HubOnALog.Unexpected() }
        #expect(result.isSuccessful)
        for name in ["bulk", "seed"] {
            #expect(try modules(it, name) == [Self.classic])
            let twin = try it.entity(TwinID(trusted: "\(name)/\(Self.classic)")).twin
            #expect(String(decoding: twin.desired, as: UTF8.self) == #"{"mine":1}"#)
        }
        let before = try it.entity(TwinID(trusted: "bulk/\(Self.classic)")).identity
        #expect(try rule(it, .classic).present == 2)
        #expect(try it.entity(TwinID(trusted: "bulk/\(Self.classic)")).identity == before)
    }

    @Test func `A reset keeps the rule, and the seed's devices their modules`() throws {
        let it = try HubOnALog()
        guard case .done = it.execute(.seed([try item(#"{"id":"s"}"#)], isComplete: true)) else {
            throw HubOnALog.Unexpected()
        }
        try rule(it, .classic)
        it.make("other")
        guard case .done = it.execute(.reset(.seed)) else { throw HubOnALog.Unexpected() }
        #expect(it.hub.entity(TwinID(trusted: "other")) == nil)
        #expect(try modules(it, "s") == [Self.classic])
        try it.restart()
        #expect(try modules(it, "s") == [Self.classic])
        guard case .done = it.execute(.reset(.empty)) else { throw HubOnALog.Unexpected() }
        it.make("d")
        #expect(try modules(it, "d") == [Self.classic])
    }

    @Test func `However often a hub is reset, a module that came after the seed has the keys that it had first`() throws
    {
        let it = try HubOnALog()
        let lines = [#"{"id":"s"}"#, #"{"id":"t","status":"disabled","attributes":{"a":"1"}}"#]
        guard case .done = it.execute(.seed(try lines.map(item), isComplete: true)) else {
            throw HubOnALog.Unexpected()
        }
        try rule(it, .classic)
        func seen() throws -> [[String]] {
            try ["s", "s/\(Self.classic)", "t", "t/\(Self.classic)"].map { key in
                let identity = try it.entity(TwinID(trusted: key)).identity
                return ["\(identity.authentication)", "\(identity.status)", "\(identity.attributes)"]
            }
        }
        let first = try seen()
        for _ in 0..<3 {
            it.clock.advance(seconds: 1)
            guard case .done = it.execute(.reset(.seed)) else { throw HubOnALog.Unexpected() }
            #expect(try seen() == first)
        }
        try it.restart()
        guard case .done = it.execute(.deleteIdentity(TwinID(trusted: "s"), .any)),
            case .done = it.execute(.reset(.empty)), case .done = it.execute(.reset(.seed))
        else { throw HubOnALog.Unexpected() }
        #expect(try seen() == first)
    }

    @Test func `A device at its limit of modules is named, and nothing else is disturbed`() throws {
        var limits = HubLimits()
        limits.modulesPerDevice = 1
        let it = try HubOnALog(limits)
        for device in ["full", "free"] { it.make(device) }
        guard case .entity = it.execute(.putIdentity(TwinID(trusted: "full/m"), IdentityDraft(), .none)) else {
            throw HubOnALog.Unexpected()
        }
        let report = try rule(it, .classic)
        #expect(report.created.map(\.key) == ["free/\(Self.classic)"])
        #expect(report.refused.map(\.id.key) == ["full/\(Self.classic)"])
        #expect(report.refused.map(\.error.code) == [.tooManyModulesOnDevice])
    }

    @Test func `A device of the seed at its limit of modules does not keep the hub from being reset`() throws {
        var limits = HubLimits()
        limits.modulesPerDevice = 1
        let it = try HubOnALog(limits)
        let lines = [#"{"id":"full"}"#, #"{"id":"full","moduleId":"m"}"#, #"{"id":"free"}"#]
        try rule(it, .classic)
        guard case .done = it.execute(.seed(try lines.map(item), isComplete: true)),
            case .done = it.execute(.reset(.seed))
        else { throw HubOnALog.Unexpected() }
        #expect(try modules(it, "full") == ["m"])
        #expect(try modules(it, "free") == [Self.classic])
    }

    @Test func `A device for which the module finds no room is refused`() throws {
        var limits = HubLimits()
        limits.identities = 3
        let it = try HubOnALog(limits)
        try rule(it, .classic)
        it.make("d")
        #expect(
            it.refusal(of: .putIdentity(TwinID(trusted: "e"), IdentityDraft(), .none))?.code == .tooManyDevices)
        guard case .bulk(let result) = it.execute(.bulk([try item(#"{"id":"e"}"#)])) else {
            throw HubOnALog.Unexpected()
        }
        #expect(result.errors.map(\.error.code) == [.tooManyDevices])
    }

    @Test func `Settings that would make too much at once are refused whole, and securing makes way`() throws {
        var limits = HubLimits()
        limits.modulesSecuredAtOnce = 2
        limits.devicesPerSecuring = 2
        let it = try HubOnALog(limits)
        let devices = ["a", "b", "c"].map { it.make($0) }
        #expect(
            it.refusal(of: .putDefenderSettings(DefenderSettings(rule: .classic), .none))?.code == .invalidOperation)
        #expect(it.hub.defenderSettings.rule == .none)
        #expect(try modules(it, "a") == [])
        #expect(it.refusal(of: .secure(devices, [.classic]))?.code == .argumentInvalid)
        #expect(it.hub.deviceIDs(after: nil, limit: 2) == [devices[0], devices[1]])
        #expect(it.hub.deviceIDs(after: devices[1], limit: 2) == [devices[2]])
        guard
            case .secured(let report) = it.execute(
                .secure([devices[0], TwinID(trusted: "nobody")], [.classic]))
        else { throw HubOnALog.Unexpected() }
        #expect(report.created.map(\.key) == ["a/\(Self.classic)"])
        #expect(report.refused.map(\.error.code) == [.deviceNotFound])
        #expect(try rule(it, .classic).created.count == 2)
    }

    @Test func `Whatever happens while the rule stands, no device is without its module`() throws {
        var random = SeededRandom(seed: 27)
        var limits = HubLimits()
        limits.identities = 24
        let it = try HubOnALog(limits)
        try rule(it, .both)
        for step in 0..<400 {
            let name = "d\(random.next() % 12)"
            switch random.next() % 6 {
            case 0, 1: it.execute(.putIdentity(TwinID(trusted: name), IdentityDraft(), .none))
            case 2:
                let items = try (0..<4).map {
                    try item(#"{"id":"d\#((UInt64($0) * 3 + random.next()) % 12 + UInt64($0) * 12)"}"#)
                }
                it.execute(.bulk(items))
            case 3: it.execute(.deleteIdentity(TwinID(trusted: name), .any))
            case 4: it.execute(.seed([try item(#"{"id":"d\#(random.next() % 4)"}"#)], isComplete: true))
            default: it.execute(.reset(random.next() % 2 == 0 ? .empty : .seed))
            }
            if step % 50 == 0 { try it.restart() }
            for device in it.hub.devices(limit: .max) {
                #expect(device.modules.compactMap(\.module).sorted() == [Self.micro, Self.classic].sorted())
            }
            #expect(it.hub.registry.identities <= limits.identities)
        }
    }

    @Test func `Wherever the log is cut, no device is without its module while the rule stands`() throws {
        var random = SeededRandom(seed: 5)
        let it = try HubOnALog()
        let rules: [DefenderSettings.Rule] = [.classic, .none, .both, .micro]
        for step in 0..<120 {
            switch random.next() % 8 {
            case 0: try rule(it, rules[Int(random.next() % 4)])
            case 1: it.execute(.reset(random.next() % 2 == 0 ? .empty : .seed))
            case 2: it.execute(.seed([try item(#"{"id":"s\#(random.next() % 3)"}"#)], isComplete: true))
            case 3: it.execute(.bulk(try (0..<3).map { try item(#"{"id":"b\#(step)-\#($0)"}"#) }))
            case 4: it.execute(.deleteIdentity(TwinID(trusted: "d\(random.next() % 9)"), .any))
            default: it.execute(.putIdentity(TwinID(trusted: "d\(random.next() % 9)"), IdentityDraft(), .none))
            }
        }
        let records = try it.records()
        let ends = records.indices.filter { !records[$0].continues }
        #expect(ends.count > 60 && ends.count < records.count)
        for end in ends {
            let log = MemoryLog()
            var batch = log.makeBatch()
            for record in records[...end] {
                batch.add(
                    sequence: record.sequence, time: record.time,
                    kind: try #require(RecordedEvent.Kind(rawValue: record.kind)).name, event: record.event.array,
                    continues: record.continues)
            }
            try log.append(batch)
            let hub = try Hub(log: log, environment: it.clock.environment)
            let wanted = hub.defenderSettings.rule.modules.map(\.moduleID)
            for device in hub.devices(limit: .max) {
                #expect(Set(wanted).isSubset(of: device.modules.compactMap(\.module)), "\(device.id) at \(end)")
            }
            hub.close()
        }
    }

    @Test func `Devices that are made while the rule is turned on have their module, whichever comes first`() throws {
        for round in 0..<20 {
            let it = try HubOnALog()
            let hub = it.hub
            let threads = (0..<4).map { number in
                let done = DispatchSemaphore(value: 0)
                DispatchQueue.global().async {
                    for device in 0..<25 {
                        let id = TwinID(trusted: "d\(number)-\(device)")
                        _ = hub.execute(.putIdentity(id, IdentityDraft(), .none), origin: HubOnALog.origin)
                    }
                    done.signal()
                }
                return done
            }
            for _ in 0..<round { it.make("own-\(hub.lastSequence)") }
            _ = try rule(it, .classic)
            for done in threads { done.wait() }
            let devices = hub.devices(limit: .max)
            #expect(devices.count == 100 + round)
            for device in devices { #expect(device.modules.compactMap(\.module) == [Self.classic]) }
        }
    }

    // MARK: Desired values

    private func patch(_ it: HubOnALog, _ desired: String) throws -> Outcome {
        let body = try JSONDocument(
            parsing: #"{"properties":{"desired":{"\#(SecurityModule.objectName)":\#(desired)}}}"#)
        return it.execute(
            .patchTwin(TwinID(trusted: "d/\(Self.classic)"), try ServicePatch(body: body), .none))
    }

    @Test func `The hub stores whatever is written, unless it is strict`() throws {
        let it = try HubOnALog()
        it.make("d")
        try rule(it, .classic)
        guard case .entity = try patch(it, #"{"snapshotFrequency":{"value":7}}"#) else {
            throw HubOnALog.Unexpected()
        }
        try rule(it, .classic, strict: true)
        guard case .refused(let error) = try patch(it, #"{"snapshotFrequency":{"value":8}}"#) else {
            throw HubOnALog.Unexpected()
        }
        #expect(error.code == .argumentInvalid)
        #expect(error.text.contains("snapshotFrequency: expected an ISO 8601 duration"))
        guard case .entity = try patch(it, #"{"snapshotFrequency":{"value":"PT1H"}}"#) else {
            throw HubOnALog.Unexpected()
        }
    }

    @Test func `A change that resets an agent's other keys says so, now and when it is read again`() throws {
        let it = try HubOnALog()
        it.make("d")
        try rule(it, .classic)
        _ = try patch(it, #"{"snapshotFrequency":{"value":"PT1H"},"eventPriorityLogin":{"value":"Off"}}"#)
        _ = try patch(it, #"{"snapshotFrequency":{"value":"PT2H"}}"#)
        func resets() -> [[String]] {
            guard case .events(let events) = it.hub.recentEvents(after: 0, limit: 100) else { return [] }
            return events.compactMap {
                guard case .twinPatched(_, _, let effect) = $0.event else { return nil }
                return effect.keysReset
            }
        }
        #expect(resets() == [[], ["eventPriorityLogin"]])
        try it.restart()
        #expect(resets() == [[], ["eventPriorityLogin"]])
    }

    @Test func `Agents are configured with the complete object, many of them in one batch`() throws {
        let it = try HubOnALog()
        let devices = ["d", "e", "bare"].map { it.make($0) }
        guard case .secured = it.execute(.secure([devices[0], devices[1]], [.classic])) else {
            throw HubOnALog.Unexpected()
        }
        _ = try patch(it, #"{"eventPriorityLogin":{"value":"Off"}}"#)
        let change = try ConfigurationChange(parsing: "snapshotFrequency=PT2H", of: .classic)
        guard case .bulk(let result) = it.execute(.configureAgents(devices, .classic, [change])) else {
            throw HubOnALog.Unexpected()
        }
        #expect(result.errors.map(\.id.key) == ["bare/\(Self.classic)"])
        #expect(result.errors.map(\.error.code) == [.moduleNotFound])
        let last = try it.records().suffix(2)
        #expect(last.map(\.kind) == ["twin.patched", "twin.patched"])
        #expect(Set(last.map(\.batch)).count == 1)
        #expect(last.map(\.continues) == [true, false])
        let history = try it.entity(TwinID(trusted: "d/\(Self.classic)")).patches.patches
        let told = try JSONDocument(parsing: try #require(history.last).json).root
        let object = try #require(told[SecurityModule.objectName])
        #expect(object["eventPriorityLogin"]?["value"]?.string == "Off")
        #expect(object["snapshotFrequency"]?["value"]?.string == "PT2H")
    }
}
