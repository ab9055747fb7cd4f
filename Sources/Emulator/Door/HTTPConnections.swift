/// A connection that its shard looks after.
protocol HTTPConnection: AnyObject {
    /// Where it stands in its shard's list.
    var place: Int { get set }
    /// When it wants to be looked at, on the shard's clock; 0 where nothing is waited for.
    var deadline: UInt64 { get }
    /// The deadline has passed.
    func expire()
    /// The server is stopping.
    func finish()
}

/// The connections of one shard that speak one version of HTTP. Not held: they leave before they go.
struct HTTPConnections<Connection: HTTPConnection> {
    private var all: [Unmanaged<Connection>] = []

    var isEmpty: Bool { all.isEmpty }

    mutating func add(_ connection: Connection) {
        connection.place = all.count
        all.append(Unmanaged.passUnretained(connection))
    }

    mutating func remove(_ connection: Connection) {
        let last = all.removeLast()
        if connection.place < all.count {
            all[connection.place] = last
            last._withUnsafeGuaranteedRef { $0.place = connection.place }
        }
    }

    func expired(at now: UInt64) -> [Connection] {
        var expired: [Connection] = []
        for connection in all {
            connection._withUnsafeGuaranteedRef { if $0.deadline != 0, $0.deadline <= now { expired.append($0) } }
        }
        return expired
    }

    /// A copy, for what makes some of them leave.
    var snapshot: [Connection] { all.map { $0.takeUnretainedValue() } }
}
