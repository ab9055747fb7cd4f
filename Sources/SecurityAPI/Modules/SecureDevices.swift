import Access
import Defender
import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Makes the security modules that devices lack, without a standing rule.
enum SecureDevices {
    static let routes: [Route] = [
        Route(.post, "/emulator/defender/secure", "Emulator_SecureDevices", .anyOf(.serviceConnect), secure)
    ]

    /// `{"devices":["d",…]|"all","where":CONDITION,"modules":"classic"|"micro"|"both"}`; `all` and `classic` where nothing is said. 200 with
    /// what was done (`SecuringDocument`).
    private static func secure(_ call: Call) throws(HubError) -> Answer {
        var devices = DeviceSelection.all
        var rule = DefenderSettings.Rule.classic
        if !call.request.body.isEmpty {
            let body = try call.json().root
            devices = try DeviceSelection(body, limit: call.hub.limits.devicesPerSecuring)
            if let value = body["modules"] {
                guard let known = value.string.flatMap(DefenderSettings.Rule.init), known != .none else {
                    throw HubError(.argumentInvalid, "'modules' is classic, micro or both.")
                }
                rule = known
            }
        }
        let securing = Securing(call, devices, rule.modules)
        return securing.run { report in
            securing.reply.give { () throws(HubError) in
                var json = JSONWriter()
                json.beginObject()
                SecuringDocument.write(report, to: &json)
                json.endObject()
                return .json(json.bytes)
            }
        }
    }
}

/// Goes through devices in portions, one command each, and answers when all are done.
final class Securing {
    let origin: Origin
    let reply: Reply
    private let services: ShardServices
    private let devices: DeviceSelection
    private let modules: [SecurityModule]
    private var report = SecuringReport()

    init(_ call: Call, _ devices: DeviceSelection, _ modules: [SecurityModule]) {
        origin = call.origin
        reply = Reply(call)
        services = call.services
        self.devices = devices
        self.modules = modules
    }

    /// - Parameter done: called on the shard; it has to answer.
    func run(then done: @escaping (SecuringReport) -> Void) -> Answer {
        guard !modules.isEmpty else {
            done(report)
            return .later
        }
        devices.resolve(on: services) { ids in self.go(through: ids[...], then: done) }
        return .later
    }

    private func go(through ids: ArraySlice<TwinID>, then done: @escaping (SecuringReport) -> Void) {
        let portion = ids.prefix(services.hub.limits.devicesPerSecuring)
        guard !portion.isEmpty else { return done(report) }
        services.submit(.secure(Array(portion), modules), origin: origin) { [self] outcome in
            guard case .secured(let more) = outcome else {
                return reply.give { () throws(HubError) in throw outcome.refusal }
            }
            report = report.merging(more, countingPresent: true)
            go(through: ids.dropFirst(portion.count), then: done)
        }
    }
}

extension SecuringReport {
    func merging(_ other: SecuringReport, countingPresent: Bool) -> SecuringReport {
        var sum = self
        sum.created += other.created
        if countingPresent { sum.present += other.present }
        sum.refused += other.refused.filter { one in !refused.contains { $0.id == one.id } }
        return sum
    }
}

/// `"created":n,"present":n,"refused":[{"deviceId","moduleId","error","text"}]`; of the refused at most so many are named.
enum SecuringDocument {
    static let namedRefusals = 1_000

    static func write(_ report: SecuringReport, to json: inout JSONWriter) {
        json.key("created")
        json.value(report.created.count)
        json.key("present")
        json.value(report.present)
        write(refused: report.refused, to: &json)
    }

    static func write(refused: [BulkResult.ItemError], to json: inout JSONWriter) {
        json.key("refusedCount")
        json.value(refused.count)
        json.key("refused")
        json.beginArray()
        for item in refused.prefix(namedRefusals) {
            json.beginObject()
            json.key("deviceId")
            json.value(item.id.device)
            json.key("moduleId")
            json.value(item.id.module)
            json.key("error")
            json.value(item.error.code.name.description)
            json.key("text")
            json.value(item.error.text)
            json.endObject()
        }
        json.endArray()
    }
}

extension Outcome {
    /// Why there is no other outcome.
    var refusal: HubError {
        if case .refused(let error) = self { return error }
        return HubError(.serverError, "The command left something else than it should.")
    }
}
