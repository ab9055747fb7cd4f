import Hub
import Query

/// Finds the twins that match a query: by the values at the paths that earlier queries have used, or by looking at all of them.
///
/// A path is indexed once a query has bounded its values, so that the next one finds them; the path whose turn was longest ago
/// makes way. Nothing is done when twins change. Each query first takes over what has changed since the last one, and twins
/// are immutable, so that it only has to compare references, and those of unchanged stripes not even that.
struct TwinIndexes {
    /// Paths that are indexed, of devices and modules together.
    static let maximumPaths = 16

    private var stripes: [IndexedStripe] = []
    /// The one used last stands last.
    private var paths: [PropertyPath] = []

    /// What was found, and how.
    struct Finding {
        var matches: [Entity] = []
        /// Twins that were looked at.
        var candidates = 0
        /// Whether an index has named them.
        var isByIndex = false
    }

    mutating func find(_ query: TwinQuery, in moment: HubMoment) -> Finding {
        let isOfModules = query.collection == .modules
        if let access = query.access, access.paths.contains(where: paths.contains) {
            if let finding = find(query, access, isOfModules, in: moment) { return finding }
        }
        var finding = Finding()
        moment.forEach(modules: isOfModules) { entity in
            finding.candidates += 1
            if query.matches(entity.queryDocument) { finding.matches.append(entity) }
            return true
        }
        return finding
    }

    /// Nil where no index helps.
    private mutating func find(
        _ query: TwinQuery, _ access: QueryAccess, _ isOfModules: Bool, in moment: HubMoment
    ) -> Finding? {
        var finding = Finding(isByIndex: true)
        for index in stripes.indices {
            stripes[index].follow(moment.stripes[index])
            guard let found = stripes[index].entities(for: access) else { return nil }
            for entity in found where entity.id.isModule == isOfModules {
                finding.candidates += 1
                if query.matches(entity.queryDocument) { finding.matches.append(entity) }
            }
        }
        use(access.paths.filter(paths.contains))
        return finding
    }

    /// Indexes what a query has asked for, for the next one.
    mutating func learn(_ query: TwinQuery, in moment: HubMoment) {
        guard let access = query.access else { return }
        let new = access.paths.prefix(Self.maximumPaths).filter { !paths.contains($0) }
        guard !new.isEmpty else { return }
        if stripes.isEmpty { stripes = moment.stripes.map { IndexedStripe(like: $0) } }
        for index in stripes.indices { stripes[index].follow(moment.stripes[index]) }
        use(Array(new))
        for path in new {
            for index in stripes.indices { stripes[index].addColumn(path) }
        }
        while paths.count > Self.maximumPaths {
            let oldest = paths.removeFirst()
            for index in stripes.indices { stripes[index].removeColumn(oldest) }
        }
    }

    private mutating func use(_ used: [PropertyPath]) {
        paths.removeAll(where: used.contains)
        paths += used
    }

    /// What an index would be asked for, and whether it is there.
    func readiness(of access: QueryAccess) -> [(path: PropertyPath, isIndexed: Bool)] {
        access.paths.map { ($0, paths.contains($0)) }
    }
}

/// The twins of a stripe as they were when a query last looked, with the values at the indexed paths.
private struct IndexedStripe {
    private var entities: EntityStripe
    private var table = ValueTable()

    init(like stripe: EntityStripe) { entities = stripe.emptied }

    mutating func follow(_ stripe: EntityStripe) {
        if entities.count != stripe.count {
            // It has grown, and everything has another place.
            table.removeDocuments()
            entities = stripe.emptied
        }
        // Moved out, since it is changed while `entities` is.
        var table = ValueTable()
        swap(&table, &self.table)
        entities.follow(stripe) { place, old, new in
            switch (old, new) {
            case (let old?, let new?): table.replace(old.queryDocument, with: new.queryDocument, at: Int32(place))
            case (let old?, nil): table.remove(old.queryDocument, at: Int32(place))
            case (nil, let new?): table.add(new.queryDocument, at: Int32(place))
            case (nil, nil): break
            }
        }
        swap(&table, &self.table)
    }

    /// Each twin once; nil where the access needs a path that is not indexed.
    mutating func entities(for access: QueryAccess) -> [Entity]? {
        table.places(for: access)?.compactMap { entities.entity(at: Int($0)) }
    }

    mutating func addColumn(_ path: PropertyPath) {
        let entities = entities
        let documents = (0..<entities.count).lazy.compactMap { place -> (Int32, QueryDocument)? in
            entities.entity(at: place).map { (Int32(place), $0.queryDocument) }
        }
        table.addColumn(path, documents)
    }

    mutating func removeColumn(_ path: PropertyPath) { table.removeColumn(path) }
}
