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

    /// The devices as they are now, by id; calls back on the shard. A condition is tried on a queue of its own.
    func resolve(on services: ShardServices, then answer: @escaping ([TwinID]) -> Void) {
        switch self {
        case .these(let ids): answer(ids)
        case .all: answer(services.hub.deviceIDs(after: nil, limit: .max))
        case .matching(let condition):
            let back = services.returning(answer)
            services.hub.moment { moment in
                Self.queue.async {
                    var ids: [TwinID] = []
                    moment.forEach(modules: false) { entity in
                        if condition.matches(entity.document.bytes) { ids.append(entity.id) }
                        return true
                    }
                    back(ids.sorted())
                }
            }
        }
    }

    private static let queue = DispatchQueue(label: "twinhub.selection", qos: .userInitiated)
}
