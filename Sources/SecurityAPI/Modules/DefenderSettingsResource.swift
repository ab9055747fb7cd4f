import Access
import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// How security modules are kept: `{"modules":"none"|"classic"|"micro"|"both","strict":false}`.
enum DefenderSettingsResource {
    static let routes: [Route] = [
        Route(.get, path, "Emulator_GetDefenderSettings", .anyOf(.serviceConnect), get),
        Route(.put, path, "Emulator_PutDefenderSettings", .anyOf(.serviceConnect), put),
    ]

    private static let path = "/emulator/defender/settings"

    private static func get(_ call: Call) throws(HubError) -> Answer {
        var json = JSONWriter()
        let settings = call.hub.defenderSettings
        settings.write(to: &json)
        return .now(HTTPResponse.json(json.bytes).with(settings))
    }

    /// 200 with the settings and what was done for them (`SecuringDocument`): a member that is left out has its default. With
    /// `If-Match`, only where they still are what the ETag is of.
    private static func put(_ call: Call) throws(HubError) -> Answer {
        let settings = try DefenderSettings(try call.json().root)
        let precondition = call.precondition
        try call.hub.defenderSettings.check(precondition)
        // A hub of many devices is secured in portions first, so that no batch of its log grows with it.
        let securing = Securing(call, .all, settings.rule.modules)
        return securing.run { report in
            call.services.submit(.putDefenderSettings(settings, precondition), origin: securing.origin) { outcome in
                securing.reply.give { () throws(HubError) in
                    guard case .secured(let last) = outcome else { throw outcome.refusal }
                    var json = JSONWriter()
                    json.beginObject()
                    json.key("settings")
                    settings.write(to: &json)
                    SecuringDocument.write(report.merging(last, countingPresent: false), to: &json)
                    json.endObject()
                    return HTTPResponse.json(json.bytes).with(settings)
                }
            }
        }
    }
}

extension HTTPResponse {
    fileprivate func with(_ settings: DefenderSettings) -> HTTPResponse {
        var response = self
        response.fields.append(HTTPField("ETag", "\"\(settings.etag)\""))
        return response
    }
}
