import Vocabulary

/// A filter that opens at least one feed to its client.
///
/// It is matched level by level against the topics that the hub sends to this client, by the rules of MQTT 3.1.1
/// section 4.7. A level that equals the client's own id is that id, whatever characters it holds; it is never decoded.
public struct TopicFilter: Hashable, Sendable {
    /// As the client wrote it.
    public let text: String
    public let feeds: Feeds
    /// Where the filter names one method or one input, its name; only that opens.
    public let name: String?

    /// Nil where no topic that this client can be sent matches the filter.
    public init?(_ filter: UnsafeRawBufferPointer, of identity: TwinID) {
        let levels = filter.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        var feeds = Feeds()
        var names: Set<String?> = []
        for (feed, topic) in FeedTopics.all where topic.isOpen(to: identity) {
            switch topic.match(levels, of: identity) {
            case .none: continue
            case .every: names.insert(nil)
            case .one(let name): names.insert(name)
            }
            feeds.formUnion(feed)
        }
        // No filter names one method and opens something else beside it.
        guard names.count == 1, let name = names.first else { return nil }
        text = String(decoding: filter, as: UTF8.self)
        self.feeds = feeds
        self.name = name
    }

    /// Whether messages of this feed, or of the method or input of this name, match the filter.
    public func opens(_ feed: Feeds, named name: String? = nil) -> Bool {
        feeds.contains(feed) && (self.name == nil || self.name == name)
    }
}
