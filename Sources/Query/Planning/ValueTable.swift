/// The values at some paths of many documents, each document known by its place: from these, an access is answered.
public struct ValueTable: Sendable {
    private var columns: [ValueColumn] = []

    public init() {}

    public var isEmpty: Bool { columns.isEmpty }

    public func has(_ path: PropertyPath) -> Bool { columns.contains { $0.path == path } }

    /// A further path, of which nothing is known yet.
    ///
    /// - Parameter documents: all that have been added, with their places.
    public mutating func addColumn(_ path: PropertyPath, _ documents: some Sequence<(Int32, QueryDocument)>) {
        var column = ValueColumn(of: path)
        for (place, document) in documents { column.add(document, at: place) }
        columns.append(column)
    }

    /// Keeps the paths.
    public mutating func removeDocuments() { columns = columns.map { ValueColumn(of: $0.path) } }

    public mutating func removeColumn(_ path: PropertyPath) { columns.removeAll { $0.path == path } }

    public mutating func add(_ document: QueryDocument, at place: Int32) {
        for index in columns.indices { columns[index].add(document, at: place) }
    }

    /// Another document stands at a place.
    ///
    /// - Precondition: the old one was added there.
    public mutating func replace(_ old: QueryDocument, with new: QueryDocument, at place: Int32) {
        for index in columns.indices { columns[index].replace(old, with: new, at: place) }
    }

    /// - Precondition: the same document was added at this place.
    public mutating func remove(_ document: QueryDocument, at place: Int32) {
        for index in columns.indices { columns[index].remove(document, at: place) }
    }

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
