import Hub
import Query

/// Finds the twins that match a query: by the values at the paths that earlier queries have used, or by looking at all of them.
///
/// A path is indexed with the first query that bounds its values, while that looks at everything anyway; the path whose turn was
/// longest ago makes way. Nothing is done when twins change. Each query first takes over what has changed since the last one, and
/// twins are immutable, so that it only has to compare references, and those of unchanged stripes not even that.
struct TwinIndexes {
    /// Paths that are indexed, of devices and modules together.
    static let maximumPaths = 16

    /// The twins as they were when a query last looked.
    private var stripes: [EntityStripe] = []
    /// The values at the indexed paths.
    private var table = ValueTable()
    /// The one used last stands last.
    private var paths: [PropertyPath] = []

    /// How the twins were found.
    struct Search {
        /// Twins that were looked at.
        var candidates = 0
        var matches = 0
        /// Whether an index has named them.
        var isByIndex = false
    }

    /// Hands over every twin that matches, in no order.
    ///
    /// - Parameter learning: whether the query's paths are indexed, for the next one.
    mutating func find(
        _ query: TwinQuery, in moment: HubMoment, learning: Bool = true,
        _ take: (Occupant, DocumentView) -> Void
    ) -> Search {
        var search = Search()
        let isOfModules = query.collection == .modules
        func look(at occupant: Occupant, _ document: DocumentView, isMatch: Bool = false) {
            guard occupant.isModule == isOfModules else { return }
            search.candidates += 1
            guard isMatch || query.matches(document) else { return }
            search.matches += 1
            take(occupant, document)
        }
        if let places = places(for: query, in: moment) {
            search.isByIndex = true
            let isExact = query.access?.isExact ?? false
            for place in places {
                let (slot, stripe) = Int(place).quotientAndRemainder(dividingBy: stripes.count)
                guard let occupant = stripes[stripe].occupant(at: slot) else { continue }
                occupant.withDocument { look(at: occupant, $0, isMatch: isExact) }
            }
            return search
        }
        let known = table.count
        if learning { addColumns(for: query, in: moment) }
        guard table.count > known else {
            moment.forEach(modules: isOfModules) { look(at: $0, $1) }
            return search
        }
        let count = stripes.count
        for (number, stripe) in moment.stripes.enumerated() {
            stripe.forEach { slot, occupant, document in
                look(at: occupant, document)
                table.set(document, at: Int32(slot * count + number), fromColumn: known)
            }
        }
        while paths.count > Self.maximumPaths { table.removeColumn(paths.removeFirst()) }
        return search
    }

    /// Stripes that may have changed since the last query, and twins that an index may name, for one that is answered at once.
    private static let stripesAtOnce = 16
    private static let twinsAtOnce = 256

    /// Whether the query is answered by its index in less time than it takes to hand it to another thread.
    mutating func isQuick(_ query: TwinQuery, in moment: HubMoment) -> Bool {
        guard query.access?.isOfValues == true, !stripes.isEmpty else { return false }
        let changed = zip(stripes, moment.stripes).count { $0.changes != $1.changes }
        guard changed <= Self.stripesAtOnce, let search = search(for: query, in: moment) else { return false }
        return search.atMost <= Self.twinsAtOnce
    }

    /// Nil where no index helps.
    private mutating func search(for query: TwinQuery, in moment: HubMoment) -> ValueSearch? {
        guard let access = query.access, access.paths.contains(where: paths.contains) else { return nil }
        follow(moment)
        guard let search = table.search(for: access) else { return nil }
        use(access.paths.filter(paths.contains))
        return search
    }

    /// Nil where no index helps, or would name so many that it takes less time to look at all in the order in which they stand.
    private mutating func places(for query: TwinQuery, in moment: HubMoment) -> [Int32]? {
        guard let search = search(for: query, in: moment) else { return nil }
        let all = stripes.reduce(0) { $0 + $1.count }
        guard search.atMost <= max(Self.twinsAtOnce, all / Self.placesForTwinNamed) else { return nil }
        return table.places(search)
    }

    /// How many places, of which about half are empty, are gone through in the time that it takes to look up one that an index names:
    /// those come in no order, so that each waits for memory.
    private static let placesForTwinNamed = 8

    /// Makes room for what the query asks for. Whoever looks at all twins afterwards fills it.
    private mutating func addColumns(for query: TwinQuery, in moment: HubMoment) {
        guard let access = query.access else { return }
        let new = access.paths.prefix(Self.maximumPaths).filter { !paths.contains($0) }
        guard !new.isEmpty else { return }
        follow(moment)
        use(Array(new))
        for path in new { table.addColumn(path) }
    }

    private mutating func follow(_ moment: HubMoment) {
        // Moved out, since the table is changed while they are.
        var stripes: [EntityStripe] = []
        swap(&stripes, &self.stripes)
        defer { swap(&stripes, &self.stripes) }
        if stripes.isEmpty { stripes = moment.stripes.map(\.emptied) }
        let count = stripes.count
        for number in stripes.indices where stripes[number].changes != moment.stripes[number].changes {
            if stripes[number].count != moment.stripes[number].count {
                // It has grown, and everybody has another place.
                stripes[number].forEach { slot, _, _ in table.set(nil, at: Int32(slot * count + number)) }
                stripes[number] = moment.stripes[number].emptied
            }
            stripes[number].follow(moment.stripes[number]) { slot, _, new in
                let place = Int32(slot * count + number)
                if let new { new.withDocument { table.set($0, at: place) } } else { table.set(nil, at: place) }
            }
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
