/// The values at some paths of many documents, each document known by its place: from these, an access is answered.
public struct ValueTable: Sendable {
    private var columns: [ValueColumn] = []

    public init() {}

    public var isEmpty: Bool { columns.isEmpty }

    public func has(_ path: PropertyPath) -> Bool { columns.contains { $0.path == path } }

    /// A further path, of which nothing is known yet: every document that has been set is to be set again.
    public mutating func addColumn(_ path: PropertyPath) { columns.append(ValueColumn(of: path)) }

    public mutating func removeColumn(_ path: PropertyPath) { columns.removeAll { $0.path == path } }

    /// Another document stands at a place, or none.
    public mutating func set(_ document: DocumentView?, at place: Int32) {
        for index in columns.indices { columns[index].set(document, at: place) }
    }

    /// The same for the columns from one of these on.
    public mutating func set(_ document: DocumentView?, at place: Int32, fromColumn first: Int) {
        for index in first..<columns.count { columns[index].set(document, at: place) }
    }

    public var count: Int { columns.count }

    /// How an access is answered, counted without naming anybody; nil where a column is missing for that. Good until a column comes
    /// or goes, or a document changes.
    public mutating func search(for access: QueryAccess) -> ValueSearch? { search(for: access.form) }

    private mutating func search(for form: QueryAccess.Form) -> ValueSearch? {
        switch form {
        case .values(let path, let bounds):
            guard let column = columns.firstIndex(where: { $0.path == path }) else { return nil }
            return ValueSearch(parts: [(column, bounds)], atMost: columns[column].count(in: bounds))
        case .all(let parts): return parts.compactMap { search(for: $0) }.min { $0.atMost < $1.atMost }
        case .any(let parts):
            var all = ValueSearch(parts: [], atMost: 0)
            for part in parts {
                guard let search = search(for: part) else { return nil }
                all = ValueSearch(parts: all.parts + search.parts, atMost: all.atMost + search.atMost)
            }
            return all
        }
    }

    /// Where documents stand that may meet the condition, each place once.
    public mutating func places(_ search: ValueSearch) -> [Int32] {
        guard search.parts.count > 1 else {
            return search.parts.first.map { columns[$0.column].places(in: $0.bounds) } ?? []
        }
        var all: Set<Int32> = []
        for (column, bounds) in search.parts { all.formUnion(columns[column].places(in: bounds)) }
        return Array(all)
    }
}
