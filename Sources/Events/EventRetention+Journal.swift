import Journal

extension JournalOptions {
    /// For a log that keeps events as long as the retention says. The plain segments before the next snapshot and the
    /// compressed ones behind it share the room.
    public static func events(_ retention: EventRetention, durability: Durability) -> JournalOptions {
        var options = JournalOptions()
        options.durability = durability
        options.segmentBytes = min(options.segmentBytes, retention.bytes / 4)
        options.snapshotBytes = min(options.snapshotBytes, retention.bytes / 4)
        options.historyBytes = retention.bytes / 2
        return options
    }
}
