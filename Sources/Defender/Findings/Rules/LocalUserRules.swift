/// Alerts from the difference of two successive snapshots of the local users (defender.md section 6.4).
struct LocalUserRules: Sendable {
    /// Groups by the user's name; nil before the first snapshot and after one too large to keep.
    private var users: [String: Set<String>]?

    /// Users of a snapshot that is kept.
    static let maximumUsers = 512
    /// Bytes of all names of a snapshot that is kept.
    static let maximumBytes = 64 << 10

    mutating func observe(_ event: ObservedEvent, _ reference: EvidenceReference) -> [Judgement] {
        // No system is without users: an empty snapshot is a collector that found nothing, and changes nothing.
        guard case .localUsers(let list) = event, !list.isEmpty else { return [] }
        let size = list.reduce(0) { sum, user in
            sum + user.name.utf8.count + user.groups.reduce(0) { $0 + $1.utf8.count }
        }
        let last = users
        guard list.count <= Self.maximumUsers, size <= Self.maximumBytes else {
            users = nil
            return []
        }
        let now = Dictionary(list.map { ($0.name, $0.groups) }, uniquingKeysWith: { $0.union($1) })
        users = now
        guard let last else { return [] }
        let deleted = last.keys.filter { now[$0] == nil }
        let added = now.keys.filter { name in last[name].map { !now[name, default: []].isSubset(of: $0) } ?? false }
        let removed = now.keys.filter { name in last[name].map { !$0.isSubset(of: now[name, default: []]) } ?? false }
        return [(FindingType.userDeleted, deleted), (.userAddedToGroups, added), (.userDeletedFromGroups, removed)]
            .compactMap { type, names in
                guard !names.isEmpty else { return nil }
                let text = EvidenceReference.cut(names.sorted().joined(separator: ", "))
                return .holds(type, text, reference)
            }
    }
}
