import Vocabulary

/// Which of the published entities something has to be done for without their asking: kept up by publishing, so that
/// nobody has to walk the hub. Belongs to the writer's queue.
final class Attention {
    /// Those with a link.
    private(set) var connected: Set<TwinID> = []
    /// Those for whom messages wait.
    private(set) var queued: Set<TwinID> = []

    init(connected: Set<TwinID> = [], queued: Set<TwinID> = []) {
        self.connected = connected
        self.queued = queued
    }

    /// Follows what a batch has changed.
    func note(_ changed: [TwinID: Entity?], clearing: Bool) {
        if clearing {
            connected.removeAll()
            queued.removeAll()
        }
        for (id, entity) in changed {
            Self.set(id, in: &connected, entity.map { $0.link != 0 } ?? false)
            Self.set(id, in: &queued, entity.map { !$0.messages.isEmpty } ?? false)
        }
    }

    private static func set(_ id: TwinID, in ids: inout Set<TwinID>, _ isIn: Bool) {
        if isIn { ids.insert(id) } else if !ids.isEmpty { ids.remove(id) }
    }
}
