/// The configurations that the hub knows, and how far the twins follow them.
struct ConfigurationRegistry: Sendable {
    /// By id.
    private(set) var active: [Configuration] = []
    /// Deleted ones that some twins may still show, oldest first.
    private(set) var retired: [Configuration] = []
    /// The number of the newest that ever was.
    private(set) var newestNumber: UInt64 = 0
    /// Grows with each change after which twins that nobody has touched have to be looked at.
    private(set) var revision: UInt64 = 0
    /// The revision that every twin follows.
    private(set) var settled: UInt64 = 0

    init() {}

    /// As read back from a snapshot.
    init(active: [Configuration], retired: [Configuration], newestNumber: UInt64, revision: UInt64, settled: UInt64) {
        self.active = active.sorted { $0.id < $1.id }
        self.retired = retired
        self.newestNumber = newestNumber
        self.revision = revision
        self.settled = settled
    }

    subscript(_ id: ConfigurationID) -> Configuration? { active.first { $0.id == id } }

    /// Whether twins that nobody touches are as they should be.
    var isSettled: Bool { settled >= revision }

    /// Those that not every twin follows yet.
    var changed: [Configuration] { active.filter { $0.revision > settled } }

    var isEmpty: Bool { active.isEmpty }

    /// Nothing was ever known.
    var isUntouched: Bool { revision == 0 }

    func active(_ number: UInt64) -> Configuration? { active.first { $0.number == number } }

    /// Also one that is deleted, as long as twins may show it.
    func known(_ number: UInt64) -> Configuration? {
        active(number) ?? retired.first { $0.number == number }
    }

    mutating func put(_ configuration: Configuration) {
        newestNumber = max(newestNumber, configuration.number)
        revision = max(revision, configuration.revision)
        if let index = active.firstIndex(where: { $0.id >= configuration.id }) {
            if active[index].id == configuration.id {
                active[index] = configuration
            } else {
                active.insert(configuration, at: index)
            }
        } else {
            active.append(configuration)
        }
    }

    mutating func remove(_ id: ConfigurationID) {
        guard let index = active.firstIndex(where: { $0.id == id }) else { return }
        revision += 1
        var configuration = active.remove(at: index)
        configuration.revision = revision
        retired.append(configuration)
    }

    /// Every twin follows this revision.
    mutating func settle(_ through: UInt64) {
        settled = max(settled, through)
        retired.removeAll { $0.revision <= through }
    }

    /// All are gone, and with them the twins that they have written.
    mutating func clear() {
        active = []
        retired = []
        settled = revision
    }
}
