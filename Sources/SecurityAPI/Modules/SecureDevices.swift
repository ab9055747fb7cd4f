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

    /// `{"devices":["d",…]|"all","modules":"classic"|"micro"|"both"}`; `all` and `classic` where nothing is said. 200 with
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
            securing.answer {
                var json = JSONWriter()
                json.beginObject()
                SecuringDocument.write(report, to: &json)
                json.endObject()
                return .json(json.bytes)
            }
        }
    }
}

/// The devices that a request is about.
enum DeviceSelection {
    case all
    case these([TwinID])

    /// From the member `devices` of a body; `all` where it is not there.
    init(_ body: JSONValue, limit: Int) throws(HubError) {
        guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
        guard let value = body["devices"] else {
            self = .all
            return
        }
        if value.string == "all" {
            self = .all
            return
        }
        guard value.kind == .array else {
            throw HubError(.argumentInvalid, "'devices' is a list of device ids, or \"all\".")
        }
        var ids: [TwinID] = []
        for element in value.elements {
            guard let text = element.string else {
                throw HubError(.argumentInvalid, "'devices' is a list of device ids, or \"all\".")
            }
            ids.append(try TwinID(device: text))
        }
        guard ids.count <= limit else {
            throw HubError(.argumentInvalid, "'devices' names at most \(limit) devices.")
        }
        self = .these(ids)
    }
}

/// Goes through devices in portions, one command each, and answers when all are done.
final class Securing {
    let origin: Origin
    private let call: Call
    private let responder: any Responder
    private let requestID: RequestID
    private let services: ShardServices
    private let devices: DeviceSelection
    private let modules: [SecurityModule]
    private var report = SecuringReport()

    init(_ call: Call, _ devices: DeviceSelection, _ modules: [SecurityModule]) {
        origin = call.origin
        self.call = call
        responder = call.responder
        requestID = call.requestID
        services = call.services
        self.devices = devices
        self.modules = modules
    }

    /// - Parameter done: called on the shard; it has to answer.
    func run(then done: @escaping (SecuringReport) -> Void) -> Answer {
        switch devices {
        case _ where modules.isEmpty: done(report)
        case .these(let ids): portion(ids) { done(self.report) }
        case .all: next(after: nil, then: done)
        }
        return .later
    }

    private func next(after last: TwinID?, then done: @escaping (SecuringReport) -> Void) {
        let ids = services.hub.deviceIDs(after: last, limit: services.hub.limits.devicesPerSecuring)
        guard let end = ids.last else { return done(report) }
        portion(ids) { self.next(after: end, then: done) }
    }

    private func portion(_ ids: [TwinID], then goOn: @escaping () -> Void) {
        services.submit(.secure(ids, modules), origin: origin) { [self] outcome in
            guard case .secured(let more) = outcome else {
                return answer { () throws(HubError) in throw outcome.refusal }
            }
            report = report.merging(more, countingPresent: true)
            goOn()
        }
    }

    func answer(_ body: () throws(HubError) -> HTTPResponse) {
        do throws(HubError) {
            var response = try body()
            response.requestID = requestID
            responder.respond(response)
        } catch {
            responder.respond(ErrorBody.response(error, requestID: requestID, at: services.environment.now()))
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
