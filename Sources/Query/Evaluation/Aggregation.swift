import JSON

/// One aggregate of a SELECT.
struct Aggregate: Sendable {
    let kind: Kind
    /// Nil for COUNT.
    let path: PropertyPath?

    enum Kind: String, Sendable {
        case count = "COUNT"
        case sum = "SUM"
        case average = "AVG"
        case minimum = "MIN"
        case maximum = "MAX"
    }
}

/// Gathers the documents of an aggregate query into its rows: one, or one for each group, in the order of their values' text.
/// The real hub promises no order of groups; this one is the same however the documents come.
public struct Aggregation: Sendable {
    private let query: TwinQuery
    private var groups: [Group] = []
    /// What is grouped by, but for what is undefined.
    private var values = ValueNumbers()
    /// Indexes of `groups`, by the numbers of their values.
    private var numbered: [Int] = []
    /// The group of documents that have no value there.
    private var undefined: Int?

    private struct Group: Sendable {
        /// The source text of what is grouped by; nil where it is undefined.
        var key: [UInt8]?
        var states: [AggregateState]
    }

    /// - Precondition: the query is an aggregate one.
    public init(of query: TwinQuery) {
        precondition(query.isAggregate, "the query makes a row of each document")
        self.query = query
        if query.group == nil { groups = [newGroup(nil)] }
    }

    /// More groups than `QueryLimits.groups`: the query is not answered.
    public struct TooManyGroups: Error {}

    /// Takes in a document that matches.
    public mutating func add(_ document: DocumentView) throws(TooManyGroups) {
        let group = try query.group.map { (path) throws(TooManyGroups) in
            try self.group(of: document.definedPlace(of: path))
        }
        var index = 0
        for case .aggregate(let aggregate, _) in query.items {
            groups[group ?? 0].states[index].add(
                aggregate.path.map { QueryValue(document.definedPlace(of: $0)) } ?? .undefined)
            index += 1
        }
    }

    private mutating func group(of place: DocumentView.Place?) throws(TooManyGroups) -> Int {
        guard let place else {
            if let undefined { return undefined }
            undefined = try addGroup(nil)
            return groups.count - 1
        }
        let number = values.number(of: place)
        guard number == numbered.count else { return numbered[number] }
        numbered.append(try addGroup(Self.text(values[number]) ?? Array(place.text)))
        return groups.count - 1
    }

    private mutating func addGroup(_ key: [UInt8]?) throws(TooManyGroups) -> Int {
        guard groups.count < QueryLimits.groups else { throw TooManyGroups() }
        groups.append(newGroup(key))
        return groups.count - 1
    }

    /// The rows, each one object's source text, `TOP` of them.
    public var rows: [[UInt8]] {
        let ordered = groups.sorted { left, right in
            guard let one = left.key, let other = right.key else { return left.key == nil && right.key != nil }
            return one.lexicographicallyPrecedes(other)
        }
        return ordered.prefix(query.top ?? .max).map { group in
            var json = JSONWriter()
            json.beginObject()
            var index = 0
            for item in query.items {
                switch item {
                case .path(_, let name):
                    guard let key = group.key else { continue }
                    json.key(name)
                    json.raw(key)
                case .aggregate(_, let name):
                    if let result = group.states[index].result {
                        json.key(name)
                        json.raw(result)
                    }
                    index += 1
                }
            }
            json.endObject()
            return json.bytes
        }
    }

    /// A number's text, the same for all of its spellings; nil for what has only one, and for a number beyond the doubles.
    private static func text(_ value: QueryValue) -> [UInt8]? {
        if case .number(let number) = value { AggregateState.text(number) } else { nil }
    }

    private func newGroup(_ key: [UInt8]?) -> Group {
        var states: [AggregateState] = []
        for case .aggregate(let aggregate, _) in query.items { states.append(AggregateState(kind: aggregate.kind)) }
        return Group(key: key, states: states)
    }
}

/// What an aggregate has seen: SUM and AVG numbers, MIN and MAX numbers or texts, of which the kind that came first counts.
private struct AggregateState: Sendable {
    let kind: Aggregate.Kind
    private var count = 0
    private var sum = 0.0
    private var extreme = QueryValue.undefined

    init(kind: Aggregate.Kind) { self.kind = kind }

    mutating func add(_ value: QueryValue) {
        switch kind {
        case .count: count += 1
        case .sum, .average:
            guard case .number(let number) = value else { return }
            count += 1
            sum += number
        case .minimum, .maximum:
            switch value {
            case .number, .text: break
            default: return
            }
            guard extreme != .undefined else {
                extreme = value
                return
            }
            guard let order = Evaluator.order(value, extreme) else { return }
            if kind == .minimum ? order < 0 : order > 0 { extreme = value }
        }
    }

    /// The result's source text; nil where there is none, as where it is beyond the doubles. SUM of nothing is 0.
    var result: [UInt8]? {
        switch kind {
        case .count: return Self.text(Double(count))
        case .sum: return Self.text(sum)
        case .average: return count == 0 ? nil : Self.text(sum / Double(count))
        case .minimum, .maximum:
            switch extreme {
            case .number(let number): return Self.text(number)
            case .text(let text):
                var json = JSONWriter()
                json.value(String(decoding: text, as: UTF8.self))
                return json.bytes
            default: return nil
            }
        }
    }

    /// Whole numbers without a fraction. Nil for what JSON has no number for.
    static func text(_ number: Double) -> [UInt8]? {
        guard number.isFinite else { return nil }
        if let whole = Int64(exactly: number) { return Array(String(whole).utf8) }
        return Array("\(number)".utf8)
    }
}
