/// A query over device twins, module twins or device jobs (query.md sections 2 and 3).
public struct TwinQuery: Sendable {
    public let collection: Collection
    /// `TOP n`: how many rows there are at most, over all pages.
    public let top: Int?
    let items: [Item]
    private let predicate: Predicate?
    let group: PropertyPath?
    /// Nil where every document has to be looked at.
    public let access: QueryAccess?

    public enum Collection: String, Sendable {
        case devices
        case modules = "devices.modules"
        case jobs = "devices.jobs"
    }

    enum Item: Sendable {
        case path(PropertyPath, name: String)
        case aggregate(Aggregate, name: String)
    }

    /// - Throws: what is wrong, with its line and column.
    public init(parsing text: String) throws(QueryError) {
        var parser = try Parser(text)
        self = try parser.statement()
    }

    /// Checks what the grammar alone does not say.
    init(
        items: [Item], top: Int?, collection: Collection, condition: Expression?, group: PropertyPath?, at place: Token
    ) throws(QueryError) {
        func fail(_ reason: String) -> QueryError { QueryError(line: place.line, column: place.column, reason: reason) }
        let isAggregate = group != nil || items.contains { if case .aggregate = $0 { true } else { false } }
        if collection == .jobs, !items.isEmpty || group != nil {
            throw fail("devices.jobs can only be selected whole, with '*'")
        }
        // A condition on twins would be undefined for every row, and so find nothing without a word.
        if collection == .jobs, let path = condition?.paths.first(where: { !$0.isOfDeviceJob }) {
            throw fail("devices.jobs has no '\(path)'")
        }
        if group != nil, items.isEmpty { throw fail("'*' cannot be grouped") }
        if isAggregate {
            for case .path(let path, let name) in items where path != group {
                throw fail("'\(name)' is neither an aggregate nor what is grouped by")
            }
        }
        self.collection = collection
        self.top = top
        self.items = items
        predicate = condition.map { Predicate($0) }
        access = condition.flatMap { QueryAccess($0) }
        self.group = group
    }

    /// Whether rows are whole documents.
    public var selectsDocuments: Bool { items.isEmpty }

    /// Whether rows are made of many documents.
    public var isAggregate: Bool {
        group != nil || items.contains { if case .aggregate = $0 { true } else { false } }
    }

    /// Whether another order of the documents could give other rows: sums of fractions and extremes of mixed kinds are others,
    /// counts are the same in any.
    public var dependsOnOrder: Bool {
        guard isAggregate else { return true }
        return items.contains {
            if case .aggregate(let aggregate, _) = $0 { aggregate.kind != .count } else { false }
        }
    }

    /// Whether the document is among the rows: only where the condition is exactly true.
    public func matches(_ document: DocumentView) -> Bool { predicate.map { $0.truth(in: document) == true } ?? true }
}

/// The part of a query behind its WHERE, as jobs, configurations and `--where` have it; `*` is every device.
public struct TwinCondition: Sendable {
    /// Nil for what holds always.
    private let predicate: Predicate?

    /// - Throws: what is wrong, with its line and column.
    public init(parsing text: String) throws(QueryError) {
        if text.split(whereSeparator: \.isWhitespace) == ["*"] {
            predicate = nil
            return
        }
        var parser = try Parser(text)
        predicate = Predicate(try parser.condition())
    }

    public func matches(_ document: DocumentView) -> Bool { predicate.map { $0.truth(in: document) == true } ?? true }
}
