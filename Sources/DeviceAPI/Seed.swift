import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Loads bulk import lines, which also bring reported properties, into a running hub; `reset` goes back to them.
enum Seed {
    static let routes: [Route] = [
        Route(.post, "/emulator/seed", "Emulator_Seed", .anyOf(.serviceConnect), bodyLimit: BodyLimit.bulk, seed)
    ]

    /// 200 `{"identities":n}`. The identities must be new; a line that is refused refuses them all.
    private static func seed(_ call: Call) throws(HubError) -> Answer {
        let items: [RegistryItem]
        do throws(SeedLineError) {
            items = try SeedLines(Array(call.request.body)).items
        } catch {
            throw HubError(.argumentInvalid, "\(error)")
        }
        return call.submit(.seed(items, isComplete: true)) { (outcome) throws(HubError) in
            if case .refused(let error) = outcome { throw error }
            var json = JSONWriter()
            json.beginObject()
            json.key("identities")
            json.value(items.count)
            json.endObject()
            return HTTPResponse.json(json.bytes)
        }
    }
}
