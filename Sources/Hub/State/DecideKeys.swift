import Access
import Vocabulary

// New keys for identities (rest.md section 17).
extension HubState {
    /// Each identity by itself; a link that was opened with a key that is no more closes as after any update.
    mutating func regenerateKeys(
        _ ids: [TwinID], _ which: PolicyKey, _ context: DecisionContext
    ) throws(HubError) -> Decision {
        guard ids.count <= limits.keysPerRegeneration else {
            throw HubError(.argumentInvalid, "A request names at most \(limits.keysPerRegeneration) identities.")
        }
        var seen: Set<TwinID> = []
        for id in ids where !seen.insert(id).inserted {
            throw HubError(.deviceDefinedMultipleTimes, "\(id) is defined multiple times.")
        }
        var events: [Event] = []
        var result = KeyRegeneration()
        for id in ids {
            do throws(HubError) {
                let (event, rotation) = try regeneration(of: id, which, context)
                try must(event, at: context.now)
                events.append(event)
                result.rotations.append(rotation)
            } catch {
                result.errors.append(BulkResult.ItemError(id: id, error: error))
            }
        }
        return Decision(events: events, outcome: .regenerated(result))
    }

    private func regeneration(
        of id: TwinID, _ which: PolicyKey, _ context: DecisionContext
    ) throws(HubError) -> (Event, KeyRegeneration.Rotation) {
        guard let existing = entity(id) else { throw .identityNotFound(id) }
        guard case .sas(let primary, let secondary) = existing.identity.authentication else {
            throw HubError(.invalidOperation, "\(id) does not authenticate by symmetric keys.")
        }
        let newPrimary = which == .secondaryKey ? nil : SymmetricKey.generate(context.environment)
        let newSecondary = which == .primaryKey ? nil : SymmetricKey.generate(context.environment)
        var identity = existing.identity
        identity.etagCounter += 1
        identity.authentication = .sas(primary: newPrimary ?? primary, secondary: newSecondary ?? secondary)
        return (
            .identityUpdated(identity), KeyRegeneration.Rotation(id: id, primary: newPrimary, secondary: newSecondary)
        )
    }
}
