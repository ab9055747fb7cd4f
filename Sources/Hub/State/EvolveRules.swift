import Vocabulary

// What is declared for the hub as a whole: configurations, authorities, and the rules of Defender.
extension HubState {
    mutating func evolve(_ event: ConfigurationEvent) throws(EvolveError) {
        switch event {
        case .updated(let configuration): configurations.put(configuration)
        case .deleted(let id): configurations.remove(id)
        case .settled(let revision): configurations.settle(revision)
        case .targeted(let id, let standings): put(try existing(id).with(configurations: standings))
        }
    }

    mutating func evolve(_ event: AuthorityEvent) {
        switch event {
        case .updated(let authority): authorities.put(authority)
        case .deleted(let name): authorities.remove(name)
        }
    }

    mutating func evolve(_ event: DefenderEvent) {
        switch event {
        case .settingsUpdated(let settings): self.settings = settings
        case .groupUpdated(let group): groups.put(group)
        case .groupDeleted(let name): groups.remove(name)
        }
    }
}
