/// The scalars at one path of many documents, each document known by its place.
struct ValueColumn: Sendable {
    let path: PropertyPath
    private var places: [QueryValue: [Int32]] = [:]
    /// The numbers and the texts that there are, each in order; nil after a value has come or gone, until somebody asks.
    private var order: (numbers: [QueryValue], texts: [QueryValue])?

    init(of path: PropertyPath) { self.path = path }

    mutating func add(_ document: QueryDocument, at place: Int32) { add(value(in: document), at: place) }

    /// - Precondition: the same document was added at this place.
    mutating func remove(_ document: QueryDocument, at place: Int32) { remove(value(in: document), at: place) }

    /// Most changes of a twin leave most values as they are.
    mutating func replace(_ old: QueryDocument, with new: QueryDocument, at place: Int32) {
        let (before, after) = (value(in: old), value(in: new))
        guard before != after else { return }
        remove(before, at: place)
        add(after, at: place)
    }

    private mutating func add(_ value: QueryValue?, at place: Int32) {
        guard let value else { return }
        if places[value]?.append(place) == nil {
            places[value] = [place]
            order = nil
        }
    }

    private mutating func remove(_ value: QueryValue?, at place: Int32) {
        guard let value, let index = places[value]?.firstIndex(of: place) else { return }
        places[value]?.remove(at: index)
        if places[value]?.isEmpty == true {
            places[value] = nil
            order = nil
        }
    }

    /// The places whose values lie within the bounds, in no order; none stands twice.
    mutating func places(in bounds: ValueBounds) -> [Int32] {
        switch bounds {
        case .oneOf(let values):
            guard values.count > 1 else { return values.first.flatMap { places[$0] } ?? [] }
            return Set(values).flatMap { places[$0] ?? [] }
        case .between(let lower, let upper):
            let values = ordered(like: (lower ?? upper)?.value)
            let start =
                lower.map { limit in
                    values.partitioningIndex {
                        Evaluator.compare(limit.isIncluded ? .greaterOrEqual : .greater, $0, limit.value) == true
                    }
                } ?? 0
            let end =
                upper.map { limit in
                    values.partitioningIndex {
                        Evaluator.compare(limit.isIncluded ? .greater : .greaterOrEqual, $0, limit.value) == true
                    }
                } ?? values.count
            return start < end ? values[start..<end].flatMap { places[$0] ?? [] } : []
        }
    }

    private mutating func ordered(like value: QueryValue?) -> [QueryValue] {
        let order = self.order ?? sorted()
        self.order = order
        return if case .text? = value { order.texts } else { order.numbers }
    }

    private func sorted() -> (numbers: [QueryValue], texts: [QueryValue]) {
        func all(_ kind: (QueryValue) -> Bool) -> [QueryValue] {
            places.keys.filter(kind).sorted { Evaluator.compare(.less, $0, $1) == true }
        }
        return (
            all { if case .number = $0 { true } else { false } }, all { if case .text = $0 { true } else { false } }
        )
    }

    /// Nil where nothing stands that could be compared. What is kept does not keep the document.
    private func value(in document: QueryDocument) -> QueryValue? {
        let value = Evaluator(document).value(at: path)
        guard value.isOrdinary else { return nil }
        if case .text(let text) = value { return .text(Array(text)[...]) }
        return value
    }
}

extension [QueryValue] {
    /// The first index from which on the predicate holds; it holds for no element before one for which it does not.
    fileprivate func partitioningIndex(where predicate: (QueryValue) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
