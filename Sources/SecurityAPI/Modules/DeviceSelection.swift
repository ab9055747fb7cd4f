import Defender
import Dispatch
import Endpoints
import Hub
import JSON
import Query
import Vocabulary

/// The devices that a request is about.
enum DeviceSelection {
    case all
    case these([TwinID])
    /// Whose twin meets a condition, the part of a query behind its WHERE.
    case matching(TwinCondition)

    /// From the members `devices` and `where` of a body; `all` where neither is there.
    init(_ body: JSONValue, limit: Int) throws(HubError) {
        guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
        if let text = body["where"], !text.isNull {
            guard body["devices"] == nil, let text = text.string else {
                throw HubError(.argumentInvalid, "'where' is a condition, in place of 'devices'.")
            }
            do throws(QueryError) {
                self = .matching(try TwinCondition(parsing: text))
            } catch {
                throw HubError(.argumentInvalid, error.description)
            }
            return
        }
        guard let value = body["devices"], value.string != "all" else {
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

    /// The devices as they are now, by id; of those that are not named only the ones that have the module, where one is asked for.
    /// Calls back on the shard; what takes long is done on a queue of its own.
    func resolve(
        on services: ShardServices, having module: SecurityModule? = nil, then answer: @escaping ([TwinID]) -> Void
    ) {
        if case .these(let ids) = self { return answer(ids) }
        let (back, hub) = (services.returning(answer), services.hub)
        hub.moment { moment in
            Self.queue.async {
                let ids = chosen(from: moment)
                back(module.map { module in ids.filter { hub.entity(module.id(on: $0)) != nil } } ?? ids)
            }
        }
    }

    private func chosen(from moment: HubMoment) -> [TwinID] {
        if case .matching(let condition) = self { moment.deviceIDs(where: condition) } else { moment.deviceIDs }
    }

    private static let queue = DispatchQueue(label: "twinhub.selection", qos: .userInitiated)
}
