import Endpoints
import HTTP
import Hub
import Vocabulary

/// Plug and Play commands: direct methods by another name, `component*command` where they are a component's (rest.md section
/// 14).
enum DigitalTwinCommands {
    static let routes: [Route] = [
        Route(
            .post, "/digitaltwins/{device}/commands/{name}", "DigitalTwin_InvokeRootLevelCommand",
            .anyOf(.serviceConnect), invoke),
        Route(
            .post, "/digitaltwins/{device}/components/{component}/commands/{name}",
            "DigitalTwin_InvokeComponentCommand", .anyOf(.serviceConnect), invoke),
    ]

    /// The body is the payload, and may be absent.
    private static func invoke(_ call: Call) throws(HubError) -> Answer {
        try call.invoke(
            { () throws(HubError) in
                let command = call.captures["name"] ?? ""
                return try MethodInvocation(
                    name: call.captures["component"].map { "\($0)*\(command)" } ?? command,
                    payload: call.request.body.isEmpty ? [] : Array(try call.json().root.raw),
                    responseTimeout: try call.seconds(
                        "responseTimeoutInSeconds", within: MethodInvocation.responseSeconds),
                    connectTimeout: try call.seconds("connectTimeoutInSeconds", within: MethodInvocation.connectSeconds)
                )
            }, answer)
    }

    /// 200 with what the device answers as the body, its status in a header.
    private static func answer(_ answer: MethodCall.Answer) -> HTTPResponse {
        var response = HTTPResponse.json(answer.payload.isEmpty ? Array("null".utf8) : answer.payload)
        response.fields.append(HTTPField("x-ms-command-statuscode", String(answer.status)))
        return response
    }
}

extension Call {
    fileprivate func seconds(_ parameter: String, within range: ClosedRange<Int>) throws(HubError) -> Int? {
        guard let text = self.parameter(parameter) else { return nil }
        return try MethodInvocation.seconds(Int(text), parameter, within: range)
    }
}
