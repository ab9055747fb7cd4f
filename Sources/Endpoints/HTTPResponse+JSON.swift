import HTTP

extension HTTPResponse {
    /// 200 with a JSON body.
    public static func json(_ body: [UInt8]) -> HTTPResponse {
        var response = HTTPResponse(status: 200)
        response.contentType = .json
        response.body = body
        return response
    }
}
