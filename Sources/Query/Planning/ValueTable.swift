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

    /// Where documents stand that may meet the condition, each place once; nil where a column is missing for that.
    public mutating func places(for access: QueryAccess) -> [Int32]? { places(for: access.form) }

    private mutating func places(for form: QueryAccess.Form) -> [Int32]? {
        switch form {
        case .values(let path, let bounds):
            guard let index = columns.firstIndex(where: { $0.path == path }) else { return nil }
            return columns[index].places(in: bounds)
        case .all(let parts):
            var fewest: [Int32]?
            for part in parts {
                guard let found = places(for: part) else { continue }
                if found.count < fewest?.count ?? .max { fewest = found }
                if fewest?.isEmpty == true { break }
            }
            return fewest
        case .any(let parts):
            var all: Set<Int32> = []
            for part in parts {
                guard let found = places(for: part) else { return nil }
                all.formUnion(found)
            }
            return Array(all)
        }
    }
}
