import Blobs
import Endpoints
import HTTP
import Vocabulary

/// What a request's head says about the blob; refuses what would otherwise be passed over in silence.
struct BlobHeaders {
    var content = ContentHeaders()
    let conditions: BlobConditions
    /// Of this request's body.
    let bodyMD5: [UInt8]?
    /// Of the whole blob.
    let blobMD5: [UInt8]?

    init(_ call: Call) throws(BlobError) {
        if call.header("if-modified-since") != nil || call.header("if-unmodified-since") != nil {
            throw .unsupported("conditions by time")
        }
        var refused: String?
        call.request.headers.forEach { name, _ in
            for prefix in [
                "x-ms-meta-", "x-ms-tags", "x-ms-lease-id", "x-ms-encryption-", "x-ms-access-tier", "x-ms-if-tags",
                "x-ms-immutability-", "x-ms-legal-hold", "x-ms-content-crc64", "x-ms-structured-",
            ]
            where name.hasPrefix(prefix) { refused = name }
        }
        if let refused { throw .unsupported("the header \(refused)") }
        conditions = BlobConditions(match: call.header("if-match"), noneMatch: call.header("if-none-match"))
        bodyMD5 = try Self.md5(call.header("content-md5"))
        blobMD5 = try Self.md5(call.header("x-ms-blob-content-md5"))
        content.type = call.header("x-ms-blob-content-type") ?? call.header("content-type")
        content.encoding = call.header("x-ms-blob-content-encoding") ?? call.header("content-encoding")
        content.language = call.header("x-ms-blob-content-language") ?? call.header("content-language")
        content.disposition = call.header("x-ms-blob-content-disposition")
        content.cacheControl = call.header("x-ms-blob-cache-control") ?? call.header("cache-control")
    }

    private static func md5(_ text: String?) throws(BlobError) -> [UInt8]? {
        guard let text else { return nil }
        guard let bytes = Base64.decode(text), bytes.count == 16 else {
            throw BlobError(
                400, "InvalidMd5",
                "The MD5 value specified in the request is invalid. MD5 value must be 128 bits and base64-encoded.")
        }
        return bytes
    }
}
