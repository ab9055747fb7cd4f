/// Leaves of desired properties that nobody gives any more, by the way to them.
indirect enum LeavesToRemove {
    /// - Parameter author: the configuration that must have written it for it to be removed; nil where it does not matter.
    case leaf(author: String?)
    case object([String: LeavesToRemove])

    static let none = LeavesToRemove.object([:])

    var isEmpty: Bool { if case .object(let members) = self { members.isEmpty } else { false } }

    mutating func add(author: String?, at path: ArraySlice<String>) {
        guard let key = path.first else {
            self = .leaf(author: author)
            return
        }
        guard case .object(var members) = self else { return }
        // Moved out, so that changing the members copies nothing.
        self = .none
        members[key, default: .none].add(author: author, at: path.dropFirst())
        self = .object(members)
    }
}
