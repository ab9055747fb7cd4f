import Defender
import Vocabulary

// Device security groups (defender.md section 6.6). The resource provider's PUT makes or replaces one, whatever was there.
extension HubState {
    mutating func putSecurityGroup(
        _ name: SecurityGroupName, _ group: SecurityGroup, _ precondition: Precondition, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        let existing = groups[name]
        guard existing.map({ precondition.allows($0.etag) }) ?? (precondition == .none) else {
            throw .securityGroupChanged(name)
        }
        guard groups.isWritten(name) || groups.written.count < limits.securityGroups else {
            throw HubError(.invalidOperation, "The hub holds \(limits.securityGroups) security groups, its limit.")
        }
        if let existing, existing.group == group {
            return Decision(events: [], outcome: .securityGroup(existing, isNew: false))
        }
        let last = existing?.etagCounter ?? 0
        // The name stays as it was first written: a resource is not renamed by another spelling of it.
        let written = RegisteredSecurityGroup(
            name: existing?.name ?? name, group: group, etagCounter: max(UInt64(context.now.ticks), last + 1))
        let event = Event.defender(.groupUpdated(written))
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .securityGroup(written, isNew: existing == nil))
    }

    /// The built-in group cannot go: it has its defaults again.
    mutating func deleteSecurityGroup(
        _ name: SecurityGroupName, _ precondition: Precondition, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard let existing = groups[name] else {
            guard precondition == .none else { throw .securityGroupChanged(name) }
            return Decision(events: [], outcome: .unchanged)
        }
        guard precondition.allows(existing.etag) else { throw .securityGroupChanged(name) }
        guard groups.isWritten(name) else { return Decision(events: [], outcome: .unchanged) }
        let event = Event.defender(.groupDeleted(existing.name))
        try must(event, at: context.now)
        return Decision(events: [event], outcome: .done)
    }
}

extension HubError {
    fileprivate static func securityGroupChanged(_ name: SecurityGroupName) -> HubError {
        HubError(.preconditionFailed, "Precondition failed: the etag of security group '\(name)' did not match.")
    }
}
