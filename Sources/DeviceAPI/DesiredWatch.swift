import Endpoints
import HTTP
import Hub
import Vocabulary

/// Waiting for desired properties to change: by long poll, or by a stream of events.
///
/// A client says up to which version it knows (`after`) and is told every patch after it, in order, none missing and none
/// twice; where it says nothing, or too many patches lie between, it is told the whole section. `generation` tells apart
/// twins of the same name: it is the identity's generation id.
enum DesiredWatch {
    static let routes: [Route] = DeviceAPI.paths("twin/desired").map { path, word in
        Route(.get, path, "Emulator_Watch\(word)DesiredProperties", .deviceOrService, get)
    }

    private static func get(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        let isStream = call.request.headers.wantsEventStream
        var after = try call.number("after")
        if isStream, let last = call.header("last-event-id").flatMap({ UInt64($0) }) { after = last }
        let generation = try call.number("generation")
        let waits = call.services.room(DesiredWaits.self, make: DesiredWaits.init)
        let seconds = Wait.seconds(call)
        guard let entity = waits.watch(id) else { throw .deviceNotFound(id) }
        do throws(HubError) {
            if let generation, generation != entity.identity.generation {
                throw .gone("The twin was created anew; its generation is \(entity.identity.generation).")
            }
            if let after, after > entity.twin.desiredVersion {
                throw .gone("The desired properties are at version \(entity.twin.desiredVersion) only.")
            }
            if isStream {
                try waits.stream(to: call.responder, id, entity, after: after)
                return .later
            }
            if let after, after == entity.twin.desiredVersion, seconds > 0 {
                try waits.park(call.responder, id, entity, after: after, seconds: seconds)
                return .later
            }
        } catch {
            waits.release(id)
            throw error
        }
        waits.release(id)
        if after == entity.twin.desiredVersion { return .now(Wait.over()) }
        return .now(HTTPResponse.json(DesiredAnswer.body(entity, after: after)))
    }
}
