import Defender
import Hub
import JSON
import Vocabulary

/// What a device's twins say about its security: how its agents are configured, and which security group it belongs to.
///
/// A twin is judged when it has changed and not again: a finding that an agent itself reported stands until what it is about changes.
struct SecurityTwins {
    let standing: [Evidence.StandingTwin]
    let group: SecurityGroupName

    init(of device: Entity, in hub: Hub, judging: Judging) {
        let modules = SecurityModule.allCases.map { ($0, hub.entity($0.id(on: device.id))) }
        var standing = modules.filter { judging.judges($0.0.moduleID) }.map { module, entity in
            Evidence.StandingTwin.security(module, desired: entity.map { JSONValue(section: $0.twin.desired) })
        }
        if judging.judges(Self.edgeAgent) {
            let agent =
                device.identity.iotEdge ? hub.entity(TwinID(trusted: "\(device.id.key)/\(Self.edgeAgent)")) : nil
            standing.append(.edgeAgent(desired: agent.map { JSONValue(section: $0.twin.desired) }))
        }
        self.standing = standing
        let twins = ([device] + modules.compactMap(\.1)).map(\.twin)
        let tags = twins.filter(\.hasTags).map { JSONValue(section: $0.tags) }
        // A name that no group can have is one that no group has.
        let named = SecurityGroup.name(inTags: tags).map { try? SecurityGroupName($0) }
        group = named.map { $0 ?? .nobodys } ?? .default
    }

    static let edgeAgent = "$edgeAgent"

    /// Which twins are judged; the group is found out always.
    enum Judging {
        /// Of a device that is new here.
        case all
        /// Those of these modules.
        case modules(Set<String>)

        fileprivate func judges(_ module: String) -> Bool {
            switch self {
            case .all: true
            case .modules(let modules): modules.contains(module)
            }
        }
    }
}
