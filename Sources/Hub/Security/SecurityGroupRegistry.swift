import Defender

/// The device security groups that somebody has written, by name. Few, so that finding one means looking at each.
struct SecurityGroupRegistry: Hashable, Sendable {
    private(set) var written: [RegisteredSecurityGroup] = []

    /// The built-in group is there whether or not it was written.
    subscript(_ name: SecurityGroupName) -> RegisteredSecurityGroup? {
        written.first { $0.name == name } ?? (name == .default ? .builtIn : nil)
    }

    func isWritten(_ name: SecurityGroupName) -> Bool { written.contains { $0.name == name } }

    /// The built-in one included.
    var all: [RegisteredSecurityGroup] {
        isWritten(.default) ? written : (written + [.builtIn]).sorted { $0.name < $1.name }
    }

    mutating func put(_ group: RegisteredSecurityGroup) {
        written.removeAll { $0.name == group.name }
        written.insert(group, at: written.firstIndex { group.name < $0.name } ?? written.count)
    }

    mutating func remove(_ name: SecurityGroupName) { written.removeAll { $0.name == name } }
}
