import Endpoints
import HTTP
import Hub
import Vocabulary

/// The change feed, for back ends and test suites: every change of the hub in order, by long poll or as a stream.
///
/// `after` is the last sequence that the reader has seen; without it the feed begins with what happens from now on.
enum ChangeWatch {
    static let routes: [Route] = [
        Route(.get, "/emulator/changes", "Emulator_WatchChanges", .anyOf(.serviceConnect), get)
    ]

    /// Changes in one answer.
    static let pageSize = 1000

    private static func get(_ call: Call) throws(HubError) -> Answer {
        let isStream = call.request.headers.wantsEventStream
        var after = try call.number("after") ?? call.hub.lastSequence
        if isStream, let last = call.header("last-event-id").flatMap({ UInt64($0) }) { after = last }
        guard after <= call.hub.lastSequence else {
            throw .gone("The feed is at sequence \(call.hub.lastSequence) only.")
        }
        let waits = call.services.room(FeedWaits.self, make: FeedWaits.init)
        let waiter = try waits.join(
            call.responder, try ChangeFilter(call), after: after, requestID: call.requestID,
            seconds: isStream ? nil : Wait.seconds(call))
        if isStream { call.responder.openStream(Wait.stream) }
        waits.advance(waiter)
        return .later
    }
}
