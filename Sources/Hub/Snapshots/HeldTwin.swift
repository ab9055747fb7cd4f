import Query

/// A device's or module's twin as it stood at a moment, for those who come back to it. What a snapshot holds stays unread there: to
/// read it all would take as much memory again.
public struct HeldTwin: Sendable {
    enum Form: Sendable {
        case entity(Entity)
        case stored(StoredEntity)
    }

    private let form: Form

    init(_ form: Form) { self.form = form }

    /// Lends the twin as queries and conditions see it.
    public func withDocument<Result>(_ body: (DocumentView) -> Result) -> Result {
        switch form {
        case .entity(let entity): entity.withQueryDocument(body)
        case .stored(let stored): stored.withQueryDocument(body)
        }
    }
}
