/// What configurations make of twins, by the plain rules of query.md section 9 and rest.md section 11: everything is
/// looked through after each step, and every twin remembers who has written each of its leaves.
struct NaiveConfigurations {
    struct Configuration {
        let id: String
        let number: Int
        let isOfModules: Bool
        let leaves: [String: Int]
        /// The value of `tags.t` that it asks for; nil where any twin will do.
        var tag: Int?
        var priority: Int
    }

    struct Twin {
        var tag: Int?
        var leaves: [String: Int] = [:]
        /// The configuration whose mark a leaf bears.
        var marks: [String: String] = [:]
        /// Who has given each leaf when it was last looked at; somebody else may have written it since.
        var given: [String: Int] = [:]
        var standing: [String: String] = [:]
    }

    var configurations: [Configuration] = []
    var twins: [String: Twin] = [:]

    mutating func settle() {
        for name in twins.keys { settle(name) }
    }

    private mutating func settle(_ name: String) {
        guard var twin = twins[name] else { return }
        let meant = configurations.filter {
            $0.isOfModules == name.contains("/") && ($0.tag == nil || $0.tag == twin.tag)
        }.sorted { ($0.priority, $0.number) > ($1.priority, $1.number) }
        var given: [String: Int] = [:]
        for configuration in meant.reversed() {
            for leaf in configuration.leaves.keys { given[leaf] = configuration.number }
        }
        for (leaf, number) in twin.given where given[leaf] == nil {
            // What a deleted one has written stays, and what somebody else has written since.
            guard let author = configurations.first(where: { $0.number == number }), twin.marks[leaf] == author.id
            else {
                continue
            }
            twin.leaves[leaf] = nil
            twin.marks[leaf] = nil
        }
        for configuration in meant {
            for (leaf, value) in configuration.leaves where given[leaf] == configuration.number {
                guard twin.given[leaf] != configuration.number else { continue }
                twin.leaves[leaf] = value
                twin.marks[leaf] = configuration.id
            }
        }
        twin.given = given
        twin.standing = [:]
        for configuration in meant {
            let isSeen = configuration.leaves.isEmpty || given.values.contains(configuration.number)
            twin.standing[configuration.id] = isSeen ? "Applied" : "Targeted"
        }
        twins[name] = twin
    }
}
