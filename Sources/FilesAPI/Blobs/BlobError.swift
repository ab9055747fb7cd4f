import Blobs
import HTTP
import Vocabulary

/// An error as Azure's blob service words it.
struct BlobError: Error {
    let status: Int
    let code: String
    let message: String
    /// Behind an authentication failure: what was wrong.
    var detail: String?

    init(_ status: Int, _ code: String, _ message: String, detail: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.detail = detail
    }

    static func unsupported(_ what: String) -> BlobError {
        BlobError(501, "NotImplemented", "TwinHub's blob service does not do this: \(what).")
    }

    static func unauthentic(_ detail: String) -> BlobError {
        BlobError(
            403, "AuthenticationFailed",
            "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
            detail: detail)
    }

    static func invalid(header: String) -> BlobError {
        BlobError(400, "InvalidHeaderValue", "The value of the header \(header) is not one that it can have.")
    }

    static func tooLarge(_ limit: Int) -> BlobError {
        BlobError(
            413, "RequestBodyTooLarge",
            "The request body is too large: at most \(limit) bytes are taken (--max-blob-bytes).")
    }

    init(_ failure: BlobFailure) {
        switch failure {
        case .notFound: self.init(404, "BlobNotFound", "The specified blob does not exist.")
        case .alreadyExists: self.init(409, "BlobAlreadyExists", "The specified blob already exists.")
        case .conditionNotMet:
            self.init(412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
        case .notModified:
            self.init(304, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
        case .differentMD5:
            self.init(
                400, "Md5Mismatch",
                "The MD5 value specified in the request did not match with the MD5 value calculated by the server.")
        case .unknownBlock: self.init(400, "InvalidBlockList", "The specified block list is invalid.")
        case .differentBlockLength:
            self.init(400, "InvalidBlobOrBlock", "The specified blob or block content is invalid.")
        case .tooManyBlocks(let limit):
            self.init(
                409, "BlockCountExceedsLimit", "The block count exceeds the maximum permissible limit of \(limit).")
        case .tooLarge(let limit): self = .tooLarge(limit)
        case .full(let limit):
            self.init(
                413, "RequestBodyTooLarge",
                "All blobs together would be more than the \(limit) bytes that are kept (--blobs-keep).")
        case .unusable(let path, let reason):
            self.init(500, "InternalError", "The server encountered an internal error: \(path): \(reason)")
        }
    }

    func response(_ requestID: RequestID, at time: Timestamp) -> HTTPResponse {
        var response = HTTPResponse.blob(status, requestID)
        response.fields.append(HTTPField("x-ms-error-code", code))
        guard status != 304 else { return response }
        response.contentType = "application/xml"
        let detail = detail.map { "<AuthenticationErrorDetail>\(Self.escaped($0))</AuthenticationErrorDetail>" } ?? ""
        let text = "\(message)\nRequestId:\(requestID.dashed)\nTime:\(time)"
        response.body = Array(
            "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>\(code)</Code><Message>\(Self.escaped(text))</Message>\(detail)</Error>"
                .utf8)
        return response
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}

extension HTTPResponse {
    /// An answer of the blob service, with what stands on each of them.
    static func blob(_ status: Int, _ requestID: RequestID) -> HTTPResponse {
        var response = HTTPResponse(status: status)
        response.requestID = requestID
        response.fields.append(HTTPField("x-ms-version", ServiceSignature.version))
        return response
    }
}
